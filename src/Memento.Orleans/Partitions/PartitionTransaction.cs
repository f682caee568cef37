using Memento.Collections;
using Memento.Invariants;
using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// A transaction in one partition: its locks, its staged writes, and its view of the records. The
/// partition's gate guards it.
/// </summary>
internal sealed class PartitionTransaction(
    TransactionHeader header, PartitionContent content, Partition partition)
    : LockOwner(header.TransactionId, header.Age), IRecordSource
{
    private Savepoint? _savepoint;
    private SeenWrites? _seen;
    private long[] _beside = [];

    public TransactionHeader Header { get; } = header;

    public Partition Partition { get; } = partition;

    public TableDefinition Table => Partition.Table;

    /// <summary>All its writes in this partition.</summary>
    public StagedWrites Staged { get; } = new();

    /// <summary>
    /// Its writes that the current operation may see: without the writes of nested bodies that run
    /// beside the body of the operation.
    /// </summary>
    public StagedWrites Seen
        => _beside.Length == 0 ? Staged : (_seen ??= new SeenWrites(Staged)).Without(_beside);

    /// <summary>Its waiting operations; null if there are none.</summary>
    public WaitingOperations? Waiting { get; set; }

    /// <summary>
    /// Ends when the last operation that waits for the lease of the silo has begun; null if none
    /// waits.
    /// </summary>
    public Task? Stalled { get; set; }

    /// <summary>
    /// The lock that it was refused last, if that is on one record: it waits for it in its next
    /// attempt.
    /// </summary>
    public LostLock? Lost { get; set; }

    /// <summary>Wakes the operations that wait for its end; null: none does.</summary>
    public List<TaskCompletionSource>? Ending { get; set; }

    public PartitionContent Content { get; } = content;

    /// <summary>
    /// How many operations were carried out. The commit must have the same number.
    /// </summary>
    public int Operations { get; set; }

    public TransactionPhase Phase { get; private set; }

    /// <summary>
    /// Whether the storage has it as prepared, so that the next owner of the partition has it: see
    /// <see cref="Partition.KeepPrepared"/>.
    /// </summary>
    public bool IsPrepared { get; set; }

    /// <summary>Goes on to another phase, under the gate.</summary>
    public void MoveTo(TransactionPhase phase)
    {
        Invariant.Holds(
            Phase.MayMove(phase), "a transaction goes from phase to phase as the table says");
        Phase = phase;
    }

    /// <summary>
    /// The highest journal position whose effect the transaction has seen. Its answer must not
    /// leave before that position is durable.
    /// </summary>
    public long DependsOn { get; private set; }

    public void DependOn(long position) => DependsOn = Math.Max(DependsOn, position);

    /// <summary>Begins an operation under a savepoint; null: outside any.</summary>
    public void Begin(Savepoint? savepoint)
    {
        _savepoint = savepoint;
        if (Header.Savepoints is { } all) _beside = all.WritersBeside(savepoint, Staged);
    }

    /// <summary>
    /// Begins an operation of the seal. All nested bodies have ended, also those that the last
    /// message has named as running, so that it sees all writes.
    /// </summary>
    public void BeginAtSeal()
    {
        _savepoint = null;
        _beside = [];
    }

    /// <summary>Refuses a key that was written by a nested body beside the caller.</summary>
    /// <exception cref="MementoException">Such a body has written the key.</exception>
    public void RequireAlone(KeySpace space, Key key)
    {
        if (_beside.Length > 0 && IsWrittenBeside(space, key))
            throw NestedErrors.WrittenBeside(TransactionId, Table, space, key);
    }

    /// <inheritdoc/>
    public long CountRecords()
    {
        DependOn(Content.LastPosition);
        return Content.Count + new OwnCount().GoToEnd(this);
    }

    /// <inheritdoc/>
    public bool IsTakenByOthers(StoredRecord record)
        => Partition.IsTakenByOthers(this, new Key(Table.WithoutNumber(record.Key)));

    /// <summary>Reads through the transaction's own writes.</summary>
    public StoredRecord? Find(KeySpace space, Key key)
    {
        // Without a copy of the visible writes, which one key does not need.
        StagedWrite? staged = Staged.Find(space, key);
        while (staged?.IsUnderAny(_beside) == true)
            staged = staged.Previous;
        if (staged is not null) return staged.Record;

        StoredRecord? committed = Content.Find(space, key.Bytes);
        DependOn(committed?.Position ?? Content.LastRemovalPosition);
        return committed;
    }

    /// <summary>
    /// Stages the record of a key after the commit; null: none. The caller has read the present
    /// record, and so depends on it.
    /// </summary>
    public void Stage(KeySpace space, Key key, StoredRecord? record, byte[]? document)
    {
        Staged.Add(new StagedWrite(space, key, record, document, _savepoint));
    }

    /// <inheritdoc/>
    public List<StoredRecord> FindInBag(Key key, int most = int.MaxValue)
        => new BagRead(key, most).GoToEnd(this);

    public OrderedMapRange<StoredRecord> Committed(
        KeySpace space, byte[] from, byte[]? to, bool isBackward)
    {
        DependOn(Content.LastPosition);
        return Content[space].Range(from, to, isBackward);
    }

    /// <inheritdoc/>
    public bool HasIndex(IndexReference index) => Content.Indexes.Find(index) is not null;

    public IndexDefinition RequireIndex(IndexReference index)
        => Content.Indexes.Find(index) ?? throw IndexErrors.Changed(Table);

    /// <summary>Finds a unique index that a writer knows.</summary>
    /// <exception cref="TransactionConflictException">
    /// The index was removed meanwhile, or made again without being unique.
    /// </exception>
    public IndexDefinition RequireUniqueIndex(IndexReference index)
        => RequireIndex(index) is { Unique: true } unique
            ? unique
            : throw IndexErrors.Changed(Table);

    /// <summary>
    /// Checks that a writer knows all indexes, so that it has done what they need.
    /// </summary>
    /// <exception cref="TransactionConflictException">
    /// Indexes were added or removed meanwhile.
    /// </exception>
    public void RequireIndexes(ulong stamp)
    {
        if (Content.Indexes.Stamp != stamp) throw IndexErrors.Changed(Table);
    }

    private bool IsWrittenBeside(KeySpace space, Key key)
    {
        if (!space.IsRecords || Table.Type != TableType.Bag)
        {
            // Only the last write matters: it was refused if a body beside it had written before.
            return Staged.Find(space, key)?.IsUnderAny(_beside) == true;
        }

        // The records of a bag have keys of their own, which begin with this key.
        foreach (StagedWrite write in Staged.All)
        {
            if (write.Space == space && IsOf(key, write) && write.IsUnderAny(_beside)) return true;
        }

        return false;
    }

    /// <summary>Whether a write is of a key; in a bag, a number follows the key.</summary>
    private bool IsOf(Key key, StagedWrite write)
        => Table.Type == TableType.Bag
            ? KeyBytes.WithoutSuffix(write.Key.Bytes).SequenceEqual(key.Bytes)
            : write.Key == key;
}

/// <summary>The facts that a partition needs about a transaction.</summary>
/// <param name="TransactionId">The attempt's id.</param>
/// <param name="Age">The age, which is kept over attempts; the older transaction wins.</param>
/// <param name="Deadline">
/// The end of the time limit, as a timestamp of the silo's time provider.
/// </param>
internal sealed record TransactionHeader(Guid TransactionId, TransactionAge Age, long Deadline)
{
    private Savepoints? _savepoints;

    /// <summary>Its savepoints, if it has had any.</summary>
    public Savepoints? Savepoints
    {
        get => Volatile.Read(ref _savepoints);
        set => Volatile.Write(ref _savepoints, value);
    }
}
