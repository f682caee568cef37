using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>
/// Adds an index to a partition, for its present and later records. For a unique index, the answer
/// is the values and keys of the records, in turn; otherwise null.
/// </summary>
/// <remarks>
/// It is not undone with its transaction: a caller that gives up removes the index. The lock keeps
/// writers out, which could not know the index, until the transaction ends.
/// </remarks>
[GenerateSerializer]
[Alias("Memento.AddIndexOperation")]
internal sealed class AddIndexOperation(IndexInfo index) : Operation<byte[][]>
{
    public override AnswerCodec<byte[][]> Codec => AnswerCodecs.Keys;

    [Id(0)]
    public IndexInfo Index { get; } = index;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out byte[][] result)
    {
        result = [];
        if (!locks.TryTakePartition(LockKind.Read)) return false;

        PartitionContent content = transaction.Content;
        transaction.DependOn(content.LastPosition);
        if (locks.Progress is not IndexFill fill || !fill.IsOf(content))
            return locks.Pause(new IndexFill(content, transaction.Table.MakeIndex(Index)));

        if (!fill.TryAddTo(content, transaction.Partition.Time)) return locks.Pause(fill);

        result = fill.Values;
        return true;
    }
}

/// <summary>
/// Removes an index from a partition, when no other transaction uses the partition. It is not
/// undone with its transaction.
/// </summary>
[GenerateSerializer]
[Alias("Memento.RemoveIndexOperation")]
internal sealed class RemoveIndexOperation(IndexInfo index) : Operation<Done>
{
    public override AnswerCodec<Done> Codec => AnswerCodecs.Done;

    [Id(0)]
    public IndexInfo Index { get; } = index;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out Done result)
    {
        result = default;
        if (!locks.TryTakePartition(LockKind.Write)) return false;

        transaction.Content.RemoveIndex(transaction.Table.MakeIndex(Index));
        return true;
    }
}
