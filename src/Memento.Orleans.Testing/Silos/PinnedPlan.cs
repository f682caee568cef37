using System.Collections.Concurrent;
using Memento.Silos.Placement;
using Memento.Tables;

namespace Memento.Testing;

/// <summary>
/// The plan of the store, but for partitions that a test has moved: each is where the test wants
/// it, as long as that silo serves.
/// </summary>
internal sealed class PinnedPlan(TableRegistry tables, PartitionPins pins) : OwnershipPlan(tables)
{
    public override SiloAddress? OwnerOf(string table, int number, SiloAddress[] silos)
        => pins.Find(table, number) is { } pinned && silos.Contains(pinned)
            ? pinned
            : base.OwnerOf(table, number, silos);
}

/// <summary>Where a test wants partitions. All silos of a cluster have the same.</summary>
internal sealed class PartitionPins
{
    private readonly ConcurrentDictionary<(string Table, int Number), SiloAddress> _pins = new();

    public SiloAddress? Find(string table, int number) => _pins.GetValueOrDefault((table, number));

    public void Pin(string table, int number, SiloAddress silo) => _pins[(table, number)] = silo;
}
