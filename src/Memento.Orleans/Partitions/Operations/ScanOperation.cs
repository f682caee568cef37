using Memento.Partitions.Locks;
using Memento.Queries;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Reads the records of a partition that satisfy a guard (null: all), through an index where one is
/// named. The answer is a list of <see cref="StoredRecord"/>s, of an ordered set in key order.
/// </summary>
[GenerateSerializer]
[Alias("Memento.ScanOperation")]
internal sealed class ScanOperation(
    Guard? where, int? index, KeyRange[]? ranges, int? limit, bool writes) : Operation
{
    [NonSerialized]
    private Func<object, bool>? _matches;

    [Id(0)]
    public Guard? Where { get; } = where;

    /// <summary>
    /// The ordinal of the index whose <see cref="Ranges"/> are looked at; null: the records' keys.
    /// </summary>
    [Id(1)]
    public int? Index { get; } = index;

    /// <summary>Where to look, in order; null: everywhere.</summary>
    [Id(2)]
    public KeyRange[]? Ranges { get; } = ranges;

    [Id(3)]
    public int? Limit { get; } = limit;

    /// <summary>Whether the partition is locked for writing.</summary>
    [Id(4)]
    public bool Writes { get; } = writes;

    public override LockKind PartitionLock => Writes ? LockKind.Write : LockKind.Read;

    public override void Prepare(TableDefinition table)
    {
        if (Where is not null) _matches ??= RecordFilter.Compile(table, Where);
    }

    public override object? Apply(PartitionTransaction transaction)
    {
        // An index has its records in the order of their keys only within one value.
        bool isSorted = Index is not null && Ranges is not [{ IsPoint: true }]
            && transaction.Table.Type == TableType.OrderedSet;
        List<StoredRecord> found = [];
        foreach (StoredRecord record in transaction.Candidates(Index, Ranges))
        {
            if (_matches is not null && !_matches(record.Record)) continue;

            found.Add(record);
            if (found.Count == Limit && !isSorted) break;
        }

        if (isSorted)
        {
            found.Sort(static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
            if (found.Count > Limit) found.RemoveRange(Limit.Value, found.Count - Limit.Value);
        }

        return found;
    }
}
