using Memento.Keys;
using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>Locks the partition as a part of its table.</summary>
[GenerateSerializer]
[Alias("Memento.LockPartitionOperation")]
internal sealed class LockPartitionOperation(bool writes) : Operation<Done>
{
    public override AnswerCodec<Done> Codec => AnswerCodecs.Done;

    [Id(0)]
    public bool Writes { get; } = writes;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out Done result)
    {
        result = default;
        return locks.TryTakePartition(Writes ? LockKind.Write : LockKind.Read);
    }
}

/// <summary>Locks a key, present or absent.</summary>
[GenerateSerializer]
[Alias("Memento.LockRecordOperation")]
internal sealed class LockRecordOperation(Key key, bool writes) : KeyOperation<Done>(key, writes)
{
    public override AnswerCodec<Done> Codec => AnswerCodecs.Done;

    protected override Done Apply(PartitionTransaction transaction) => default;
}
