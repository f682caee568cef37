using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// An operation with a record. In a message the record is its document, whatever serializer
/// attributes its type has.
/// </summary>
[GenerateSerializer]
[Alias("Memento.RecordOperation")]
internal abstract class RecordOperation(Key key, object record, ulong indexes)
    : KeyOperation<bool>(key, writes: true), IIndexedWrite
{
    public override AnswerCodec<bool> Codec => AnswerCodecs.Flag;

    [NonSerialized]
    private readonly object? _given = record;

    [NonSerialized]
    private object? _record;

    [NonSerialized]
    private bool _isOwn;

    [Id(0)]
    public byte[]? Document { get; private set; }

    /// <summary>
    /// The stamp of the indexes that the writer knows (<see cref="IndexSet.Stamp"/>).
    /// </summary>
    [Id(1)]
    public ulong Indexes { get; } = indexes;

    /// <summary>The prepared record, if there is one; otherwise the record of the caller.</summary>
    public object Taken => _record ?? _given!;

    /// <summary>The record, which no code outside the store can change.</summary>
    protected object Record => _record!;

    public override void Pack(TableDefinition table) => Document ??= table.Serialize(_given!);

    public override void Prepare(TableDefinition table)
    {
        if (!_isOwn)
        {
            _record = _given is null ? Unpack(table) : table.Copy(_given);
            _isOwn = true;
        }

        if (table.Storage == TableStorage.Disk) Document ??= table.Serialize(Record);
    }

    /// <summary>Checks a record from a message: with another key it could never be found.</summary>
    private object Unpack(TableDefinition table)
    {
        object record = table.Deserialize(Document);
        if (table.KeyOf(record) == Key) return record;

        throw new ArgumentException(
            $"A message brought a record of table '{table.Name}' under a key that is not the "
            + "record's. Use the same record type in clients and silos.");
    }
}

/// <summary>
/// Reads the record of a key; in a bag, the first. The answer is a record or null.
/// </summary>
[GenerateSerializer]
[Alias("Memento.ReadOperation")]
internal sealed class ReadOperation(Key key, bool writes)
    : KeyOperation<object?>(key, writes), ISnapshotRead<object?>
{
    public override AnswerCodec<object?> Codec => AnswerCodecs.Record;

    /// <summary>
    /// Whether it also locks the entries of indexes of the record for writing. A caller in another
    /// process may then keep a write back that does not change them.
    /// </summary>
    [Id(0)]
    public bool LocksEntries { get; private set; }

    public override void Pack(TableDefinition table)
        => LocksEntries = Writes && table.Type != TableType.Bag;

    protected override bool TryTakeMore(PartitionTransaction transaction, ref LockTaker locks)
        => !LocksEntries
            || EntryLocks.TryTake(
                transaction,
                ref locks,
                EncodedKey,
                transaction.Find(KeySpace.Records, Key)?.Record,
                next: null);

    /// <inheritdoc/>
    public bool IsShort => true;

    /// <inheritdoc/>
    public object? ReadAll(IRecordSource source)
    {
        if (source.Table.Type != TableType.Bag) return source.Find(KeySpace.Records, Key)?.Record;

        List<StoredRecord> found = source.FindInBag(Key);
        return found.Count == 0 ? null : found[0].Record;
    }

    protected override object? Apply(PartitionTransaction transaction) => ReadAll(transaction);
}

/// <summary>Reads all records of a key; the answer is an array of records.</summary>
[GenerateSerializer]
[Alias("Memento.ReadAllOperation")]
internal sealed class ReadAllOperation(Key key, bool writes)
    : KeyOperation<object[]>(key, writes), ISnapshotRead<object[]>
{
    public override AnswerCodec<object[]> Codec => AnswerCodecs.Records;

    /// <inheritdoc/>
    public bool IsShort => true;

    /// <inheritdoc/>
    public object[] ReadAll(IRecordSource source)
    {
        if (source.Table.Type == TableType.Bag)
            return source.FindInBag(Key).ConvertAll(static found => found.Record).ToArray();

        return source.Find(KeySpace.Records, Key) is { } record ? [record.Record] : [];
    }

    protected override object[] Apply(PartitionTransaction transaction) => ReadAll(transaction);
}

/// <summary>Finds records by their whole keys, and locks only these keys.</summary>
[GenerateSerializer]
[Alias("Memento.ReadKeysOperation")]
internal sealed class ReadKeysOperation(FindTerms terms, int? limit, byte[]? after, byte[][] keys)
    : FindOperation(terms, limit, after), ISnapshotRead<Chunk>
{
    /// <summary>The bytes of the keys, in order.</summary>
    [Id(0)]
    public byte[][] Keys { get; } = keys;

    private bool IsSorted => Terms.Order == ChunkOrder.Sorted;

    private bool IsWalkedBackward => Terms.IsBackward && !IsSorted;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out Chunk result)
    {
        result = null!;
        var chunk = new ChunkBuilder(Terms, Terms.Order, Limit, After);
        byte[]? last = null;
        for (int i = 0; i < Keys.Length && last is null; i++)
        {
            Key key = KeyAt(i);
            if (!locks.TryTakeKey(KeySpace.Records, key, writes: false)) return false;

            chunk.Locked++;
            last = Add(chunk, Find(transaction, key));
        }

        chunk.LocksPartition = locks.HasWholePartition;
        result = chunk.ToChunk(last);
        return true;
    }

    /// <inheritdoc/>
    public Chunk ReadAll(IRecordSource source)
    {
        var chunk = new ChunkBuilder(Terms, Terms.Order, Limit, After);
        byte[]? last = null;
        for (int i = 0; i < Keys.Length && last is null; i++)
            last = Add(chunk, Find(source, KeyAt(i)));
        return chunk.ToChunk(last);
    }

    private Key KeyAt(int turn) => new(Keys[IsWalkedBackward ? Keys.Length - 1 - turn : turn]);

    private byte[]? Add(ChunkBuilder chunk, List<StoredRecord> ofKey)
    {
        foreach (StoredRecord found in ofKey)
        {
            if (After is not null && !IsSorted && !Terms.IsBehind(found.Key, After)) continue;

            if (!chunk.Takes(found)) continue;

            chunk.Add(found.Key, found);
            if (chunk.IsFull) return found.Key;
        }

        return null;
    }

    private List<StoredRecord> Find(IRecordSource source, Key key)
    {
        if (source.Table.Type != TableType.Bag)
            return source.Find(KeySpace.Records, key) is { } found ? [found] : [];

        List<StoredRecord> ofKey = source.FindInBag(key);
        if (IsWalkedBackward) ofKey.Reverse();
        return ofKey;
    }
}

/// <summary>Finds the record of a bag that has the same document as a given one.</summary>
internal static class BagSearch
{
    public static StoredRecord? Find(PartitionTransaction transaction, Key key, object record)
    {
        UInt128 identity = transaction.Table.DocumentIdentity(record);
        StoredRecord? committed = transaction.Content.FindInBag(key.Bytes, identity);
        transaction.DependOn(transaction.Content.LastPosition);
        StagedWrites seen = transaction.Seen;
        if (committed is not null && seen.Find(KeySpace.Records, new Key(committed.Key)) is null)
            return committed;

        foreach (StagedWrite write in seen.Effective)
        {
            if (write.Space.IsRecords && write.Record is not null
                && KeyBytes.WithoutSuffix(write.Key.Bytes).SequenceEqual(key.Bytes)
                && transaction.Table.SameDocument(write.Record.Record, record))
            {
                return write.Record;
            }
        }

        return null;
    }
}
