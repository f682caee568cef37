using Memento.Collections;
using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// What a transaction has in one partition: its locks and its staged writes, and the view of
/// records that it therefore has. Guarded by the partition's gate.
/// </summary>
internal sealed class PartitionTransaction(
    TransactionHeader header, PartitionContent content, Partition partition)
    : LockOwner(header.TransactionId, header.Age)
{
    private Savepoint? _savepoint;
    private SeenWrites? _seen;
    private long[] _beside = [];

    public TransactionHeader Header { get; } = header;

    public Partition Partition { get; } = partition;

    public TableDefinition Table => Partition.Table;

    /// <summary>All that it has written here.</summary>
    public StagedWrites Staged { get; } = new();

    /// <summary>
    /// Its writes as the operation that is carried out sees them: without those of nested bodies
    /// that run beside the operation's own.
    /// </summary>
    public StagedWrites Seen
        => _beside.Length == 0 ? Staged : (_seen ??= new SeenWrites(Staged)).Without(_beside);

    /// <summary>Its operations that wait here; null where none does.</summary>
    public WaitingOperations? Waiting { get; set; }

    public PartitionContent Content { get; } = content;

    /// <summary>
    /// How many operations were carried out; the commit must bring the same number.
    /// </summary>
    public int Operations { get; set; }

    public TransactionPhase Phase { get; set; }

    /// <summary>
    /// The highest journal position that the transaction has seen the effect of: its answer may not
    /// leave before that is durable.
    /// </summary>
    public long DependsOn { get; private set; }

    public void DependOn(long position) => DependsOn = Math.Max(DependsOn, position);

    /// <summary>Begins an operation that writes under a savepoint; null: outside any.</summary>
    public void Begin(Savepoint? savepoint)
    {
        _savepoint = savepoint;
        if (Header.Savepoints is { } all) _beside = all.WritersBeside(savepoint, Staged);
    }

    /// <summary>
    /// Refuses a key that a nested body has written which runs beside the caller.
    /// </summary>
    /// <exception cref="MementoException">It has.</exception>
    public void RequireAlone(KeySpace space, Key key)
    {
        if (_beside.Length > 0 && IsWrittenBeside(space, key))
            throw NestedErrors.WrittenBeside(TransactionId, Table, space, key);
    }

    /// <summary>Reads through the transaction's own writes.</summary>
    public StoredRecord? Find(KeySpace space, Key key)
    {
        // Not in a copy of what it sees: one key needs none.
        StagedWrite? staged = Staged.Find(space, key);
        while (staged?.IsUnderAny(_beside) == true)
            staged = staged.Previous;
        if (staged is not null) return staged.Record;

        StoredRecord? committed = Content.Find(space, key.Bytes);
        DependOn(committed?.Position ?? Content.LastRemovalPosition);
        return committed;
    }

    /// <summary>
    /// Stages what is to stand at a key after the commit; null: nothing. Whoever calls it has
    /// looked at what stands there now, and so depends on it.
    /// </summary>
    public void Stage(KeySpace space, Key key, StoredRecord? record, byte[]? document)
    {
        Staged.Add(new StagedWrite(space, key, record, document, _savepoint));
    }

    /// <summary>
    /// The records of a logical key of a bag, in the order in which they were written.
    /// </summary>
    public List<StoredRecord> FindInBag(Key key)
    {
        DependOn(Content.LastPosition);
        StagedWrites seen = Seen;
        List<StoredRecord> found = [];
        foreach ((byte[] _, StoredRecord record) in Content.Records.Prefix(key.Bytes))
        {
            if (seen.Find(KeySpace.Records, new Key(record.Key)) is null) found.Add(record);
        }

        foreach (StagedWrite write in seen.Effective)
        {
            if (write.Space.IsRecords && write.Record is not null && IsOf(key, write))
            {
                found.Add(write.Record);
            }
        }

        return found;
    }

    /// <summary>Its own records in the order of the keys, or of the entries of an index.</summary>
    public OrderedMap<StoredRecord> OwnRecords(KeySpace space)
    {
        StagedWrites seen = Seen;
        seen.Ordered ??= new OwnRecords(Table);
        return seen.Ordered.In(space, seen);
    }

    /// <summary>Finds an index by which a query was planned.</summary>
    /// <exception cref="TransactionConflictException">It was removed meanwhile.</exception>
    public IndexDefinition RequireIndex(IndexReference index)
        => Content.Indexes.Find(index) ?? throw IndexesChanged();

    /// <summary>Finds a unique index that a writer knows of.</summary>
    /// <exception cref="TransactionConflictException">
    /// It was removed meanwhile, or made again as one that is not unique and keeps no values.
    /// </exception>
    public IndexDefinition RequireUniqueIndex(IndexReference index)
        => RequireIndex(index) is { Unique: true } unique ? unique : throw IndexesChanged();

    /// <summary>Checks that who writes knows all indexes, and has done what they need.</summary>
    /// <exception cref="TransactionConflictException">Indexes came or went meanwhile.</exception>
    public void RequireIndexes(ulong stamp)
    {
        if (Content.Indexes.Stamp != stamp) throw IndexesChanged();
    }

    private bool IsWrittenBeside(KeySpace space, Key key)
    {
        if (!space.IsRecords || Table.Type != TableType.Bag)
        {
            // The last one alone: whoever made it was refused beside a body that had written before
            // it.
            return Staged.Find(space, key)?.IsUnderAny(_beside) == true;
        }

        // A bag's records have keys of their own, which begin with this one.
        foreach (StagedWrite write in Staged.All)
        {
            if (write.Space == space && IsOf(key, write) && write.IsUnderAny(_beside)) return true;
        }

        return false;
    }

    /// <summary>Whether a write is of a key: in a bag a number stands behind that.</summary>
    private bool IsOf(Key key, StagedWrite write)
        => Table.Type == TableType.Bag
            ? KeyBytes.WithoutSuffix(write.Key.Bytes).SequenceEqual(key.Bytes)
            : write.Key == key;

    private TransactionConflictException IndexesChanged()
        => new(
            $"The indexes of table '{Table.Name}' have changed. The transaction is run again while "
            + "attempts and time are left.",
            new IndexesChangedException([.. Content.Indexes.All.Select(IndexSchema.Of)]));
}

/// <summary>How far a transaction is in a partition.</summary>
internal enum TransactionPhase
{
    /// <summary>It reads and writes.</summary>
    Running = 0,

    /// <summary>Its commit has begun: no more operations.</summary>
    Sealed = 1,

    /// <summary>It was committed or aborted and holds nothing.</summary>
    Ended = 2,
}

/// <summary>What a partition has to know of a transaction that comes to it.</summary>
/// <param name="TransactionId">The attempt's id.</param>
/// <param name="Age">The age, kept over attempts: who is older wins.</param>
/// <param name="Deadline">
/// The end of the time limit, as a timestamp of the silo's time provider.
/// </param>
internal sealed record TransactionHeader(Guid TransactionId, TransactionAge Age, long Deadline)
{
    private Savepoints? _savepoints;

    /// <summary>Its savepoints, once it has had any.</summary>
    public Savepoints? Savepoints
    {
        get => Volatile.Read(ref _savepoints);
        set => Volatile.Write(ref _savepoints, value);
    }
}
