using Memento.Partitions.Locks;
using Memento.Queries;
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

    /// <summary>Stages what is to stand at a key after the commit; null: nothing.</summary>
    public void Stage(int store, Key key, StoredRecord? record, byte[]? document)
    {
        StoredRecord? committed = Store.Find(store, key.Bytes);
        DependOn(committed?.Position ?? Store.LastRemovalPosition);
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

    /// <summary>
    /// Walks the records that a plan has to look at, committed ones and own ones: of the records and of
    /// one value of an index in key order, of an index otherwise in no order. The own ones are all of
    /// them, wherever they lie.
    /// </summary>
    public IEnumerable<StoredRecord> Candidates(int? index, IReadOnlyList<KeyRange>? ranges)
    {
        DependOn(Store.LastPosition);
        OrderedMap<StoredRecord> committed = index is { } ordinal
            ? Store.Index(ordinal)
            : Store.Records;
        StoredRecord[] own = OwnRecords();
        int next = 0;

        foreach (KeyRange range in ranges ?? KeyRanges.Everything)
        {
            foreach ((byte[] _, StoredRecord record) in committed.Range(range.From, range.To))
            {
                if (Staged.Count > 0 && Staged.Find(0, new Key(record.Key)) is not null) continue;

                while (next < own.Length
                    && own[next].Key.AsSpan().SequenceCompareTo(record.Key) < 0)
                {
                    yield return own[next++];
                }

                yield return record;
            }
        }

        while (next < own.Length)
            yield return own[next++];
    }

    /// <summary>The first key at or after a place; null past the end (a null place is the end).</summary>
    public byte[]? Next(byte[]? from)
    {
        if (from is null) return null;

        DependOn(Store.LastPosition);
        byte[]? best = null;
        foreach (StoredRecord own in OwnRecords())
        {
            if (own.Key.AsSpan().SequenceCompareTo(from) < 0) continue;
            best = own.Key;
            break;
        }

        OrderedMapCursor<StoredRecord> cursor = Store.Records.OpenCursor();
        for (bool found = cursor.SeekFirst(from); found; found = cursor.MoveNext())
        {
            if (best is not null && best.AsSpan().SequenceCompareTo(cursor.CurrentKey) < 0) break;
            if (Staged.Find(0, new Key(cursor.CurrentKey)) is null) return cursor.CurrentKey;
        }

        return best;
    }

    /// <summary>The last key before a place; a null place is the end.</summary>
    public byte[]? Previous(byte[]? before)
    {
        DependOn(Store.LastPosition);
        byte[]? best = null;
        foreach (StoredRecord own in OwnRecords())
        {
            if (before is not null && own.Key.AsSpan().SequenceCompareTo(before) >= 0) break;
            best = own.Key;
        }

        OrderedMapCursor<StoredRecord> cursor = Store.Records.OpenCursor();
        bool isThere = before is null ? cursor.SeekLast() : cursor.SeekBefore(before);
        for (; isThere; isThere = cursor.MovePrevious())
        {
            if (best is not null && best.AsSpan().SequenceCompareTo(cursor.CurrentKey) > 0) break;
            if (Staged.Find(0, new Key(cursor.CurrentKey)) is null) return cursor.CurrentKey;
        }

        return best;
    }

    private StoredRecord[] OwnRecords()
    {
        if (Staged.Count == 0) return [];

        List<StoredRecord> own = [];
        foreach (StagedWrite write in Staged.Effective)
        {
            if (write.Store == 0 && write.Record is not null) own.Add(write.Record);
        }

        own.Sort(static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        return [.. own];
    }
}
