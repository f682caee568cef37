using System.Collections.Concurrent;

namespace Memento.Partitions;

/// <summary>The partitions that are in this silo's memory: where the direct path begins.</summary>
internal sealed class PartitionDirectory
{
    private readonly ConcurrentDictionary<(string Table, int Number), Partition> _partitions = new();

    public IEnumerable<Partition> All => _partitions.Values;

    public Partition? Find(string table, int number)
        => _partitions.GetValueOrDefault((table, number));

    public void Add(Partition partition)
        => _partitions[(partition.Table.Name, partition.Number)] = partition;

    /// <summary>Removes this very partition; a newer one of the same name stays.</summary>
    public void Remove(Partition partition)
        => _partitions.TryRemove(
            KeyValuePair.Create((partition.Table.Name, partition.Number), partition));
}
