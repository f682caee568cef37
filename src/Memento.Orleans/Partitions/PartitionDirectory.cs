using System.Collections.Concurrent;
using Memento.Snapshots;

namespace Memento.Partitions;

/// <summary>The partitions in the memory of this silo, which the direct path uses.</summary>
/// <param name="cuts">The cuts of this silo; null where there are no snapshots.</param>
internal sealed class PartitionDirectory(Cuts? cuts = null)
{
    // A query asks for each partition of its table: an index into an array is faster than a hash of
    // the name each time.
    private readonly ConcurrentDictionary<string, Partition?[]> _tables = new();

    private readonly ConcurrentDictionary<string, string> _failed = new();

    // Those that are here no more, and that living snapshots may show.
    private readonly List<Partition> _former = [];

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

    /// <summary>
    /// The partition that a snapshot of this silo shows; null: it was not here at the cut, and has
    /// not come here since.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="number">The partition's number.</param>
    /// <param name="cut">The cut, which lives.</param>
    /// <remarks>
    /// One that was here at the cut shows what there was then. Where none was, the partition was
    /// nowhere at the cut, or in another silo: the first one that came here afterwards has what
    /// there was, if none came to another silo before.
    /// </remarks>
    public Partition? Find(string table, int number, long cut)
    {
        Partition? now = Find(table, number);
        if (now?.WasHere(cut) == true) return now;

        lock (_former)
        {
            Partition? best = now?.OpenedAt >= cut ? now : null;
            foreach (Partition each in _former)
            {
                if (each.Number != number || each.Table.Name != table) continue;
                if (each.WasHere(cut)) return each;
                if (each.OpenedAt >= cut && (best is null || each.OpenedAt < best.OpenedAt))
                    best = each;
            }

            return best;
        }
    }

    /// <summary>Drops the partitions that are here no more and that no snapshot shows.</summary>
    public void DropFormer()
    {
        lock (_former)
            _former.RemoveAll(each => !cuts!.HasLive(0, each.ClosedAt));
    }

    public void Add(Partition partition)
    {
        if (cuts is not null) partition.Open(cuts);
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
        if (cuts is not null)
        {
            partition.Leave(cuts);
            lock (_former)
            {
                // Also for the cuts before it came: it may be the first one since.
                if (cuts.HasLive(0, partition.ClosedAt)) _former.Add(partition);
            }
        }

        if (_tables.TryGetValue(partition.Table.Name, out Partition?[]? partitions))
            Interlocked.CompareExchange(ref partitions[partition.Number], null, partition);
    }
}
