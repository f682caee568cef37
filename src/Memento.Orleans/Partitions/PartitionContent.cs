using System.Buffers.Binary;
using Memento.Collections;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// The committed content of a partition: an ordered map for each key space. The maps of the records
/// and of the entries of indexes lead to records. The maps of the values of unique indexes lead to
/// the keys of records, in this or other partitions. Not thread-safe: the gate of the partition
/// guards it.
/// </summary>
internal sealed partial class PartitionContent
{
    private readonly TableDefinition _table;

    // By the numbers of the key spaces; null if there is no such index.
    private OrderedMap<StoredRecord>?[] _maps = [];

    private OrderedMap<StoredRecord>? _identities;

    public PartitionContent(TableDefinition table)
    {
        _table = table;
        AddMap(KeySpace.Records, new OrderedMap<StoredRecord>());
        Indexes = new IndexSet([]);
        foreach (IndexDefinition index in table.Indexes)
            AddIndex(index);

        if (table.Type == TableType.Bag) _identities = new OrderedMap<StoredRecord>();
    }

    /// <summary>The indexes that it keeps.</summary>
    public IndexSet Indexes { get; private set; }

    /// <summary>
    /// The number after the key of the next record of a bag, which keeps the order of writing.
    /// </summary>
    public ulong NextSequence { get; private set; } = 1;

    /// <summary>
    /// The last position that removed a record. A reader of an absent key depends on it.
    /// </summary>
    public long LastRemovalPosition { get; private set; }

    /// <summary>
    /// The last position that was applied. A reader of many records depends on it.
    /// </summary>
    public long LastPosition { get; private set; }

    /// <summary>An estimate of the bytes in memory.</summary>
    public long EstimatedSize { get; private set; }

    public OrderedMap<StoredRecord> Records => this[KeySpace.Records];

    public long Count => Records.Count;

    /// <summary>How many records were set aside because their type cannot read them.</summary>
    public long Unreadable { get; private set; }

    /// <summary>The highest number among the keys of the records that were set aside.</summary>
    public long HighestUnreadableNumber { get; private set; }

    /// <summary>The map of a key space.</summary>
    public OrderedMap<StoredRecord> this[KeySpace space] => _maps[space.Number]!;

    public StoredRecord? Find(KeySpace space, ReadOnlySpan<byte> key)
        => this[space].TryGetValue(key, out StoredRecord? record) ? record : null;

    /// <summary>Adds an index, and fills it from the records.</summary>
    public void AddIndex(IndexDefinition index)
    {
        if (Indexes.All.Contains(index)) return;

        var entries = new OrderedMap<StoredRecord>();
        foreach ((byte[] _, StoredRecord record) in Records.Range(null, null))
            entries.Set(KeepEntry(index, record), record);

        AddIndex(index, entries);
    }

    /// <summary>
    /// Adds an index whose entries have been made from the records, which keep them. It costs the
    /// same however many there are.
    /// </summary>
    public void AddIndex(IndexDefinition index, OrderedMap<StoredRecord> entries)
    {
        if (Indexes.All.Contains(index)) return;

        KeepImage();
        AddMap(index.Entries, entries);
        if (index.Unique) AddMap(index.Values, new OrderedMap<StoredRecord>());
        Indexes = Indexes.With(index);
    }

    /// <summary>
    /// Lets a record keep its entry in an index that is added later, so that no commit has to call
    /// the record's own code for it.
    /// </summary>
    public void KeepEntry(IndexDefinition index, StoredRecord record, byte[] entry)
        => Room(record, index.Ordinal + 1) ??= entry;

    /// <summary>Removes an index with its entries.</summary>
    public void RemoveIndex(IndexDefinition index)
    {
        if (!Indexes.All.Contains(index)) return;

        KeepImage();
        Indexes = Indexes.Without(index);
        _maps[index.Entries.Number] = null;
        if (index.Unique) _maps[index.Values.Number] = null;
    }

    /// <summary>Finds the record of a bag that has the same document, if there is one.</summary>
    public StoredRecord? FindInBag(ReadOnlySpan<byte> key, UInt128 identity)
        => _identities!.TryGetValue(IdentityKey(key, identity), out StoredRecord? record)
            ? record
            : null;

    public ulong TakeSequence() => NextSequence++;

    /// <summary>
    /// Makes a record that can be put here. It calls the record's own code for everything that the
    /// partition needs.
    /// </summary>
    public StoredRecord Make(byte[] key, object record) => Complete(new StoredRecord(key, record));

    /// <summary>
    /// Puts a record at a key (null: none), and returns the record that was there.
    /// </summary>
    public StoredRecord? Replace(
        KeySpace space, byte[] key, StoredRecord? next, long position)
    {
        KeepImage();
        LastPosition = Math.Max(LastPosition, position);
        StoredRecord? previous = null;

        // A commit that is taken back may have written into an index that was removed since.
        if (space.Number >= _maps.Length || _maps[space.Number] is not { } records) return null;

        if (next is null)
        {
            records.Remove(key, out previous);
            LastRemovalPosition = Math.Max(LastRemovalPosition, position);
        }
        else
        {
            records.Set(key, next, out previous);
        }

        if (space.IsRecords) Reindex(previous, next);

        return previous;
    }

    /// <summary>
    /// Removes all records and entries, and returns them. The maps themselves are handed over,
    /// however full they are. The sequence of a bag goes on.
    /// </summary>
    public ClearedContent Clear(long position)
    {
        KeepImage();
        _replacedBytes += EstimatedSize;
        var content = new ClearedContent(
            _maps, _identities, Indexes, EstimatedSize, Unreadable);
        _maps = Array.ConvertAll(_maps, EmptyLike);
        _identities = EmptyLike(_identities);
        EstimatedSize = 0;
        Unreadable = 0;
        LastPosition = Math.Max(LastPosition, position);
        LastRemovalPosition = Math.Max(LastRemovalPosition, position);
        return content;
    }

    /// <summary>Puts back the content that <see cref="Clear"/> returned.</summary>
    public void Restore(ClearedContent content)
    {
        KeepImage();
        IndexSet now = Indexes;
        _maps = content.Maps;
        _identities = content.Identities;
        EstimatedSize = content.EstimatedSize;
        Unreadable = content.Unreadable;
        Indexes = content.Indexes;

        // Indexes may have been added and removed meanwhile.
        foreach (IndexDefinition index in content.Indexes.All.Except(now.All))
            RemoveIndex(index);
        foreach (IndexDefinition index in now.All)
            AddIndex(index);
    }

    /// <summary>Puts a record that was read from the durable storage.</summary>
    public void Load(KeySpace space, StoredRecord record)
    {
        // First, because it calls the record's own code: a record that fails leaves nothing here.
        if (space.IsRecords) Complete(record);
        this[space].Set(record.Key, record, out _);
        if (!space.IsRecords) return;

        Reindex(previous: null, record);
        TakeSequenceOf(record.Key);
    }

    /// <summary>
    /// Counts a record that was set aside. Its number, and its place in a bag, are not given again,
    /// so that it can be put back.
    /// </summary>
    public void AddUnreadable(byte[] key)
    {
        Unreadable++;
        Reserve(key);
    }

    /// <summary>
    /// Counts a key that has no record here and may get one: no other record gets its number, or
    /// its place in a bag.
    /// </summary>
    public void Reserve(byte[] key)
    {
        try
        {
            if (_table.AutoIncrement)
                HighestUnreadableNumber = Math.Max(HighestUnreadableNumber, _table.ReadNumber(key));
            TakeSequenceOf(key);
        }
        catch (Exception exception) when (exception
            is InvalidDataException or ArgumentOutOfRangeException)
        {
            // A key that this table could not have made has no number or place to be given again.
        }
    }

    private void TakeSequenceOf(byte[] key)
    {
        if (_table.Type == TableType.Bag)
            NextSequence = Math.Max(NextSequence, KeyBytes.ReadSuffix(key) + 1);
    }

    /// <summary>Changes the index entries of a key from the old record to the new one.</summary>
    private void Reindex(StoredRecord? previous, StoredRecord? next)
    {
        if (previous is not null)
        {
            EstimatedSize -= previous.Size;
            _replacedBytes += previous.Size;
        }

        if (next is not null) EstimatedSize += next.Size;
        foreach (IndexDefinition index in Indexes.All)
        {
            OrderedMap<StoredRecord> entries = this[index.Entries];
            byte[]? before = previous is null ? null : KeepEntry(index, previous);
            byte[]? after = next is null ? null : KeepEntry(index, next);
            if (after is not null) entries.Set(after, next!, out _);

            // Most writes do not change most indexed values: their entries stay.
            if (before is not null && !before.AsSpan().SequenceEqual(after))
                entries.Remove(before, out _);
        }

        if (_identities is null) return;
        if (previous is not null) _identities.Remove(previous.Entries![0]!, out _);
        if (next is not null) _identities.Set(next.Entries![0]!, next, out _);
    }

    public StoredRecord Complete(StoredRecord record)
    {
        record.Size = _table.EstimateSize(record.Record) + record.Key.Length;
        foreach (IndexDefinition index in Indexes.All)
            KeepEntry(index, record);
        if (_identities is not null) Room(record, 0) = IdentityKey(record);
        return record;
    }

    /// <summary>
    /// The entry of a record in an index: the kept entry, otherwise a new one, which it keeps. Only
    /// a record that was replaced before the index was added, and is put back, has no entry yet.
    /// </summary>
    private byte[] KeepEntry(IndexDefinition index, StoredRecord record)
        => Room(record, index.Ordinal + 1) ??= index.EncodeEntry(record.Record, record.Key);

    private ref byte[]? Room(StoredRecord record, int place)
    {
        byte[]?[] entries = record.Entries ?? [];
        if (place >= entries.Length)
        {
            Array.Resize(ref entries, Math.Max(place + 1, Indexes.All.Length + 1));
            record.Entries = entries;
        }

        return ref entries[place];
    }

    private static OrderedMap<StoredRecord>? EmptyLike(OrderedMap<StoredRecord>? map)
        => map is null ? null : new OrderedMap<StoredRecord>();

    private void AddMap(KeySpace space, OrderedMap<StoredRecord> map)
    {
        if (space.Number >= _maps.Length) Array.Resize(ref _maps, space.Number + 1);
        _maps[space.Number] = map;
    }

    private byte[] IdentityKey(StoredRecord record)
        => IdentityKey(
            KeyBytes.WithoutSuffix(record.Key), _table.DocumentIdentity(record.Record));

    private static byte[] IdentityKey(ReadOnlySpan<byte> key, UInt128 identity)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, identity);
        return Concat(key, bytes);
    }

    private static byte[] Concat(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        byte[] bytes = new byte[first.Length + second.Length];
        first.CopyTo(bytes);
        second.CopyTo(bytes.AsSpan(first.Length));
        return bytes;
    }
}

/// <summary>
/// The content of a <see cref="PartitionContent"/> before it was cleared, so that it can be put
/// back.
/// </summary>
internal sealed record ClearedContent(
    OrderedMap<StoredRecord>?[] Maps,
    OrderedMap<StoredRecord>? Identities,
    IndexSet Indexes,
    long EstimatedSize,
    long Unreadable);

/// <summary>
/// A record in a partition, with every value that its own code (getters) computed when this object
/// was made. Commits and their undoing use only these values, so the code of the record cannot make
/// them fail. Only the position and the entries change, under the partition's gate.
/// </summary>
internal sealed class StoredRecord(byte[] key, object record)
{
    /// <summary>The key bytes; in a bag, with the sequence number after them.</summary>
    public byte[] Key { get; } = key;

    /// <summary>
    /// The record; in a unique index, the key bytes of the record that has the value.
    /// </summary>
    public object Record { get; } = record;

    /// <summary>
    /// Its entries in the indexes, each at the ordinal of its index plus one. At 0, in a bag, the
    /// identity of its document. Null if it has none.
    /// </summary>
    public byte[]?[]? Entries { get; set; }

    /// <summary>
    /// An estimate of its bytes in memory, 1 or more; 0 until the partition has computed it.
    /// </summary>
    public long Size { get; set; }

    /// <summary>
    /// The journal position that must be durable before an answer may depend on the record; 0:
    /// none.
    /// </summary>
    public long Position { get; set; }
}
