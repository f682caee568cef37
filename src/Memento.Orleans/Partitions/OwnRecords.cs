using Memento.Collections;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// A transaction's own records, in the order of their keys and of the indexes. Each order is made
/// when it is first needed, and follows the writes from then on.
/// </summary>
internal sealed class OwnRecords(TableDefinition table)
{
    private readonly Dictionary<KeySpace, OrderedMap<StoredRecord>> _maps = [];

    /// <summary>The records in the order of the keys, or of the entries of an index.</summary>
    public OrderedMap<StoredRecord> In(KeySpace space, StagedWrites staged)
    {
        if (!_maps.TryGetValue(space, out OrderedMap<StoredRecord>? records))
            _maps.Add(space, records = Fill(IndexOf(space), staged));
        return records;
    }

    /// <summary>Replaces one record with another one.</summary>
    public void Replace(StoredRecord? previous, StoredRecord? next)
    {
        foreach ((KeySpace space, OrderedMap<StoredRecord> records) in _maps)
            Replace(records, IndexOf(space), previous, next);
    }

    private IndexDefinition? IndexOf(KeySpace space)
        => space.Index is { } ordinal ? table.IndexAt(ordinal) : null;

    private static OrderedMap<StoredRecord> Fill(IndexDefinition? index, StagedWrites staged)
    {
        var filled = new OrderedMap<StoredRecord>();
        foreach (StagedWrite write in staged.Effective)
        {
            if (write.Space.IsRecords) Replace(filled, index, previous: null, write.Record);
        }

        return filled;
    }

    private static void Replace(
        OrderedMap<StoredRecord> map,
        IndexDefinition? index,
        StoredRecord? previous,
        StoredRecord? next)
    {
        if (previous is not null) map.Remove(PlaceOf(index, previous));
        if (next is not null) map.Set(PlaceOf(index, next), next);
    }

    private static byte[] PlaceOf(IndexDefinition? index, StoredRecord record)
        => index is null ? record.Key : index.EncodeEntry(record.Record, record.Key);
}
