using Memento.Collections;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// A transaction's own records in the order of their keys and of the indexes, each made when it is
/// first asked for and kept up with the writes from then on.
/// </summary>
internal sealed class OwnRecords(TableDefinition table)
{
    private OrderedMap<StoredRecord>? _byKey;
    private Dictionary<int, OrderedMap<StoredRecord>>? _byIndex;

    /// <summary>The records in the order of an index (null: of the keys).</summary>
    public OrderedMap<StoredRecord> In(int? index, StagedWrites staged)
    {
        if (index is not { } ordinal) return _byKey ??= Fill(index: null, staged);

        _byIndex ??= [];
        if (!_byIndex.TryGetValue(ordinal, out OrderedMap<StoredRecord>? entries))
            _byIndex.Add(ordinal, entries = Fill(table.IndexAt(ordinal), staged));
        return entries;
    }

    /// <summary>Takes one record out and puts another one in.</summary>
    public void Replace(StoredRecord? previous, StoredRecord? next)
    {
        if (_byKey is not null) Replace(_byKey, index: null, previous, next);
        if (_byIndex is null) return;

        foreach ((int ordinal, OrderedMap<StoredRecord> entries) in _byIndex)
            Replace(entries, table.IndexAt(ordinal), previous, next);
    }

    private static OrderedMap<StoredRecord> Fill(IndexDefinition? index, StagedWrites staged)
    {
        var filled = new OrderedMap<StoredRecord>();
        foreach (StagedWrite write in staged.Effective)
        {
            if (write.Store == 0) Replace(filled, index, previous: null, write.Record);
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
