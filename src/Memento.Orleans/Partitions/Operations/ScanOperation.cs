using Memento.Partitions.Locks;
using Memento.Queries;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Reads the records of a partition that satisfy a guard (null: all), through an index where one is named.
/// The answer is a list of <see cref="StoredRecord"/>s, in key order.
/// </summary>
[GenerateSerializer]
[Alias("Memento.ScanOperation")]
internal sealed class ScanOperation(
    Guard? where, int? index, byte[]? indexValue, int? limit, bool writes) : Operation
{
    [NonSerialized]
    private Func<object, bool>? _matches;

    [Id(0)]
    public Guard? Where { get; } = where;

    /// <summary>The ordinal of the index whose entries of <see cref="IndexValue"/> are looked at.</summary>
    [Id(1)]
    public int? Index { get; } = index;

    [Id(2)]
    public byte[]? IndexValue { get; } = indexValue;

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
        List<StoredRecord> found = [];
        foreach (StoredRecord record in transaction.Candidates(Index, IndexValue))
        {
            if (_matches is not null && !_matches(record.Record)) continue;

            found.Add(record);
            if (found.Count == Limit) break;
        }

        return found;
    }
}
