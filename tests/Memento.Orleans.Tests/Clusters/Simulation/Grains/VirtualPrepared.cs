using Memento.Commit.Prepared;
using Memento.TwoPhase;

namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>
/// A transaction in a partition that a grain decides, by the rules of <see cref="PreparedPart"/>.
/// </summary>
internal sealed class VirtualPrepared(VirtualPart part, long time, Party manager)
{
    /// <summary>A fortieth of Orleans' own, which the store takes.</summary>
    public static readonly long LongestPause = VirtualGrain.PingFrequency;

    public static readonly long DropPause = PreparedPart.DropPause.Ticks / 40;

    public Voter Voter { get; } = new();

    public VirtualPart Part { get; } = part;

    public long Time { get; } = time;

    public Party Manager { get; } = manager;

    public Party Self => Party.Partition(Part.Partition.Number);

    public bool IsStored => Part.Partition.IsDisk;

    public bool MayHaveRow { get; set; }

    public long HeardAt { get; set; }

    public required long Pause { get; set; }
}

/// <summary>
/// The partitions of a silo in one transaction, by the rules of <see cref="PreparedGroup"/>.
/// </summary>
internal sealed class VirtualGroup(Guid id)
{
    public Guid Id { get; } = id;

    /// <summary>The transaction in the silo; null: all of it was read from the storage.</summary>
    public VirtualState? State { get; set; }

    public List<VirtualPrepared> Parts { get; } = [];

    public bool IsCommitted { get; set; }

    /// <summary>Ends with whether what is confirmed is durable; null: nothing is.</summary>
    public TaskCompletionSource<bool>? Confirming { get; set; }

    public bool HasEnded => State is null || State.Parts.TrueForAll(static each => each.IsEnded);

    public VirtualPrepared? Find(VirtualPartition? partition)
        => partition is null ? null : Parts.Find(each => each.Part.Partition == partition);
}
