using System.Collections.Concurrent;

namespace Memento.Partitions;

/// <summary>The partitions in the memory of this silo, which the direct path uses.</summary>
internal sealed class PartitionDirectory
{
    // A query asks for each partition of its table: an index into an array is faster than a hash of
    // the name each time.
    private readonly ConcurrentDictionary<string, Partition?[]> _tables = new();

    private readonly ConcurrentDictionary<string, string> _failed = new();

    /// <summary>The partitions whose last attempt to be loaded failed, and why.</summary>
    public IEnumerable<(string Name, string Reason)> Failed
        => _failed.Select(static each => (each.Key, each.Value));

    public IEnumerable<Partition> All
        => _tables.Values.SelectMany(static partitions => partitions).OfType<Partition>();

    public Partition? Find(string table, int number)
        => _tables.TryGetValue(table, out Partition?[]? partitions)
            && (uint)number < (uint)partitions.Length
                ? Volatile.Read(ref partitions[number])
                : null;

    public void Add(Partition partition)
    {
        Partition?[] partitions = _tables.GetOrAdd(
            partition.Table.Name,
            static (_, table) => new Partition?[table.PartitionCount],
            partition.Table);
        Volatile.Write(ref partitions[partition.Number], partition);
    }

    /// <summary>Keeps how an attempt to load a partition ended; null: well.</summary>
    public void Tried(string table, int number, string? failure)
    {
        string name = $"{table}/{number}";
        if (failure is null)
            _failed.TryRemove(name, out _);
        else
            _failed[name] = failure;
    }

    /// <summary>Removes this partition; a newer one of the same name stays.</summary>
    public void Remove(Partition partition)
    {
        if (_tables.TryGetValue(partition.Table.Name, out Partition?[]? partitions))
            Interlocked.CompareExchange(ref partitions[partition.Number], null, partition);
    }
}
