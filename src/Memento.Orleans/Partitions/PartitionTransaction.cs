using Memento.Partitions.Locks;
using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Partitions;

/// <summary>
/// What a transaction has in one partition: its locks and its staged writes, and the view of records that
/// it therefore has. Guarded by the partition's gate.
/// </summary>
internal sealed class PartitionTransaction(TransactionHeader header, RecordStore store, Partition partition)
    : LockOwner(header.TransactionId, header.Age)
{
    public TransactionHeader Header { get; } = header;

    public Partition Partition { get; } = partition;

    public TableDefinition Table => Partition.Table;

    public StagedWrites Staged { get; } = new();

    public RecordStore Store { get; } = store;

    /// <summary>How many operations were carried out; the commit must bring the same number.</summary>
    public int Operations { get; set; }

    /// <summary>The savepoint under which the operation that is carried out writes; 0 outside any.</summary>
    public int Savepoint { get; set; }

    /// <summary>How many ranges it has locked here.</summary>
    public int RangeCount { get; set; }

    public TransactionPhase Phase { get; set; }

    /// <summary>
    /// The highest journal position that the transaction has seen the effect of: its answer may not leave
    /// before that is durable.
    /// </summary>
    public long DependsOn { get; private set; }

    public void DependOn(long position) => DependsOn = Math.Max(DependsOn, position);

    /// <summary>Reads through the transaction's own writes.</summary>
    public StoredRecord? Find(int store, Key key)
    {
        StagedWrite? staged = Staged.Find(store, key);
        if (staged is not null) return staged.Record;

        StoredRecord? committed = Store.Find(store, key.Bytes);
        DependOn(committed?.Position ?? Store.LastRemovalPosition);
        return committed;
    }

    /// <summary>
    /// Stages what is to stand at a key after the commit; null: nothing. Whoever calls it has looked at what
    /// stands there now, and so depends on it.
    /// </summary>
    public void Stage(int store, Key key, StoredRecord? record, byte[]? document)
    {
        Staged.Mark(Savepoint);
        Staged.Add(new StagedWrite(store, key, record, document));
    }

    /// <summary>The records of a logical key of a bag, in the order in which they were written.</summary>
    public List<StoredRecord> FindInBag(Key key)
    {
        DependOn(Store.LastPosition);
        List<StoredRecord> found = [];
        foreach ((byte[] _, StoredRecord record) in Store.Records.Prefix(key.Bytes))
        {
            if (Staged.Find(0, new Key(record.Key)) is null) found.Add(record);
        }

        foreach (StagedWrite write in Staged.Effective)
        {
            if (write.Store == 0 && write.Record is not null
                && KeyBytes.WithoutSuffix(write.Key.Bytes).SequenceEqual(key.Bytes))
            {
                found.Add(write.Record);
            }
        }

        return found;
    }

    /// <summary>Its own records in the order of an index; null: of the keys.</summary>
    public OrderedMap<StoredRecord> OwnRecords(int? index)
    {
        Staged.Ordered ??= new OwnRecords(Table);
        return Staged.Ordered.In(index, Staged);
    }

    /// <summary>Finds an index by which a query was planned.</summary>
    /// <exception cref="TransactionConflictException">It was removed meanwhile.</exception>
    public IndexDefinition RequireIndex(IndexReference index)
        => Store.Indexes.Find(index) ?? throw IndexesChanged();

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
        if (Store.Indexes.Stamp != stamp) throw IndexesChanged();
    }

    private TransactionConflictException IndexesChanged()
        => new(
            $"The indexes of table '{Table.Name}' have changed. The transaction is run again while "
            + "attempts and time are left.",
            new IndexesChangedException([.. Store.Indexes.All.Select(IndexSchema.Of)]));
}
