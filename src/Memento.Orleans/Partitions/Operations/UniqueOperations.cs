using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// An operation on a value of a unique index, for a record that has the value or will have it.
/// </summary>
[GenerateSerializer]
[Alias("Memento.UniqueOperation`1")]
internal abstract class UniqueOperation<TResult>(IndexReference index, Key value, byte[] owner)
    : KeyOperation<TResult>(value, writes: true), IIndexedWrite
{
    /// <summary>The index.</summary>
    [Id(0)]
    public IndexReference Index { get; } = index;

    /// <summary>The key bytes of the record.</summary>
    [Id(1)]
    public byte[] Owner { get; } = owner;

    protected override KeySpace SpaceIn(PartitionTransaction transaction)
        => transaction.RequireUniqueIndex(Index).Values;

    /// <summary>The key bytes of the record that has the value; null: no record has it.</summary>
    protected byte[]? FindHolder(PartitionTransaction transaction)
        => (byte[]?)transaction.Find(SpaceIn(transaction), Key)?.Record;
}

/// <summary>
/// Claims a value of a unique index for a record. The answer is null, or the key bytes of the
/// record that has the value already.
/// </summary>
[GenerateSerializer]
[Alias("Memento.ClaimOperation")]
internal sealed class ClaimOperation(IndexReference index, Key value, byte[] owner)
    : UniqueOperation<byte[]?>(index, value, owner)
{
    public override AnswerCodec<byte[]?> Codec => AnswerCodecs.Key;

    protected override byte[]? Apply(PartitionTransaction transaction)
    {
        if (FindHolder(transaction) is { } holder)
            return holder.AsSpan().SequenceEqual(Owner) ? null : holder;

        byte[]? document = transaction.Table.Storage == TableStorage.Disk
            ? UniqueEntry.ToDocument(Owner)
            : null;
        transaction.Stage(
            SpaceIn(transaction), Key, new StoredRecord(EncodedKey, Owner), document);
        return null;
    }
}

/// <summary>Releases a value of a unique index, if the record has it.</summary>
[GenerateSerializer]
[Alias("Memento.ReleaseOperation")]
internal sealed class ReleaseOperation(IndexReference index, Key value, byte[] owner)
    : UniqueOperation<Done>(index, value, owner)
{
    public override AnswerCodec<Done> Codec => AnswerCodecs.Done;

    protected override Done Apply(PartitionTransaction transaction)
    {
        if (FindHolder(transaction) is { } holder && holder.AsSpan().SequenceEqual(Owner))
            transaction.Stage(SpaceIn(transaction), Key, record: null, document: null);
        return default;
    }
}

/// <summary>
/// Finds the record that has a value of a unique index. The answer is the bytes of its key, or
/// null.
/// </summary>
[GenerateSerializer]
[Alias("Memento.FindHolderOperation")]
internal sealed class FindHolderOperation(IndexReference index, Key value)
    : KeyOperation<byte[]?>(value, writes: false), ISnapshotRead<byte[]?>
{
    public override AnswerCodec<byte[]?> Codec => AnswerCodecs.Key;

    /// <summary>The index.</summary>
    [Id(0)]
    public IndexReference Index { get; } = index;

    protected override KeySpace SpaceIn(PartitionTransaction transaction)
        => transaction.RequireUniqueIndex(Index).Values;

    /// <inheritdoc/>
    public bool IsShort => true;

    /// <inheritdoc/>
    public byte[]? ReadAll(IRecordSource source)
        => (byte[]?)source.Find(source.RequireIndex(Index).Values, Key)?.Record;

    protected override byte[]? Apply(PartitionTransaction transaction)
        => (byte[]?)transaction.Find(SpaceIn(transaction), Key)?.Record;
}
