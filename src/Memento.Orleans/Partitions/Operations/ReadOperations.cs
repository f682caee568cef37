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

        List<StoredRecord> found = source.FindInBag(Key, most: 1);
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
        => [.. source.FindAll(Key).Select(static found => found.Record)];

    protected override bool TryApplyLocked(
        PartitionTransaction transaction, ref LockTaker locks, out object[] result)
    {
        if (transaction.Table.Type != TableType.Bag)
            return base.TryApplyLocked(transaction, ref locks, out result);

        result = [];
        BagRead read = locks.Progress as BagRead ?? new BagRead(Key);
        var turn = new GateTurn(transaction.Partition.Time);
        if (!read.TryGoOn(transaction, ref turn)) return locks.Pause(read);

        result = [.. read.Found.Select(static found => found.Record)];
        return true;
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
        KeysRead read = locks.Progress as KeysRead
            ?? new KeysRead(new ChunkBuilder(Terms, Terms.Order, Limit, After));
        var turn = new GateTurn(transaction.Partition.Time);
        byte[]? last = null;
        while (read.Done < Keys.Length && last is null)
        {
            Key key = KeyAt(read.Done);
            if (!locks.TryTakeKey(KeySpace.Records, key, writes: false)) return false;
            if (!TryFind(transaction, key, read, ref turn) || !TryAdd(read, ref turn, out last))
                return locks.Pause(read);

            read.Chunk.Locked++;
            read.Done++;
            read.IsFound = false;
            if (last is null && turn.EndsWithStep()) return locks.Pause(read);
        }

        read.Chunk.LocksPartition = locks.HasWholePartition;
        result = read.Chunk.ToChunk(last);
        return true;
    }

    /// <inheritdoc/>
    public Chunk ReadAll(IRecordSource source)
    {
        var chunk = new ChunkBuilder(Terms, Terms.Order, Limit, After);
        byte[]? last = null;
        for (int i = 0; i < Keys.Length && last is null; i++)
        {
            List<StoredRecord> ofKey = Find(source, KeyAt(i));
            for (int j = 0; j < ofKey.Count && last is null; j++)
                last = Add(chunk, ofKey[j]);
        }

        return chunk.ToChunk(last);
    }

    private Key KeyAt(int turn) => new(Keys[IsWalkedBackward ? Keys.Length - 1 - turn : turn]);

    /// <summary>Adds a record that is wanted; its place if the chunk is full now.</summary>
    private byte[]? Add(ChunkBuilder chunk, StoredRecord found)
    {
        if (After is not null && !IsSorted && !Terms.IsBehind(found.Key, After)) return null;
        if (!chunk.Takes(found)) return null;

        chunk.Add(found.Key, found);
        return chunk.IsFull ? found.Key : null;
    }

    private List<StoredRecord> Find(IRecordSource source, Key key)
    {
        List<StoredRecord> ofKey = source.FindAll(key);
        if (IsWalkedBackward) ofKey.Reverse();
        return ofKey;
    }

    /// <summary>Finds the records of a key; false if it should pause before.</summary>
    private bool TryFind(
        PartitionTransaction transaction, Key key, KeysRead read, ref GateTurn turn)
    {
        if (read.IsFound) return true;

        if (transaction.Table.Type == TableType.Bag)
        {
            read.Bag ??= new BagRead(key);
            if (!read.Bag.TryGoOn(transaction, ref turn)) return false;

            read.Found = read.Bag.Found;
            read.Bag = null;
            if (IsWalkedBackward) read.Found.Reverse();
        }
        else
        {
            read.Found.Clear();
            if (transaction.Find(KeySpace.Records, key) is { } found) read.Found.Add(found);
        }

        read.IsFound = true;
        read.Added = 0;
        return true;
    }

    /// <summary>Adds the records of a key; false if it should pause before.</summary>
    private bool TryAdd(KeysRead read, ref GateTurn turn, out byte[]? last)
    {
        last = null;
        while (read.Added < read.Found.Count)
        {
            last = Add(read.Chunk, read.Found[read.Added++]);
            if (last is not null) return true;
            if (read.Added < read.Found.Count && turn.EndsWithStep()) return false;
        }

        return true;
    }

    /// <summary>How far it has come in one partition. The keys up to there are locked.</summary>
    private sealed class KeysRead(ChunkBuilder chunk)
    {
        public ChunkBuilder Chunk { get; } = chunk;

        /// <summary>How many keys it has read.</summary>
        public int Done { get; set; }

        /// <summary>The read of the next key, if it has begun in a bag.</summary>
        public BagRead? Bag { get; set; }

        /// <summary>Whether all records of the next key are found.</summary>
        public bool IsFound { get; set; }

        /// <summary>The records of that key.</summary>
        public List<StoredRecord> Found { get; set; } = new(1);

        /// <summary>How many of them the chunk has looked at.</summary>
        public int Added { get; set; }
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
