using System.Collections.Concurrent;
using Memento.Tables;

namespace Memento.Messages;

/// <summary>
/// The grains of the partitions that this process has called. Each is made once: to find the grain
/// type of an interface, Orleans reads the attributes of the interface, which costs as much as a
/// third of a message.
/// </summary>
internal sealed class PartitionGrains(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<(string Table, int Number), IIndexGrain> _all = new();

    /// <summary>The grain of a partition.</summary>
    public IIndexGrain Of(TableDefinition table, int number) => Of(table.Name, number);

    /// <summary>The grain of a partition, by the name of its table.</summary>
    public IIndexGrain Of(string table, int number)
        => _all.GetOrAdd(
            (table, number),
            static (name, grains) => grains.GetGrain<IIndexGrain>(
                IndexGrainKey.Of(name.Table, name.Number)),
            grains);
}
