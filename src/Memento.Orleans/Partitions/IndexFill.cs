using Memento.Collections;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// Makes the entries of a new index from the records of a partition. The entries are encoded, by
/// the record type's own code, and put in order outside the gate, so that readers of the partition
/// go on. The read lock of the partition keeps writers out meanwhile; only a commit that is taken
/// back may still change records.
/// </summary>
internal sealed class IndexFill : IWorkOutside
{
    private readonly IndexDefinition _index;
    private readonly OrderedMap<StoredRecord> _records;
    private readonly OrderedMapSnapshot<StoredRecord> _snapshot;
    private readonly int _version;
    private readonly OrderedMap<StoredRecord> _entries = new();
    private readonly List<byte[]> _values = [];
    private bool _isFilled;
    private byte[]? _kept;

    /// <summary>Begins, under the gate.</summary>
    public IndexFill(PartitionContent content, IndexDefinition index)
    {
        _index = index;
        _records = content.Records;
        _snapshot = _records.TakeSnapshot();
        _version = _records.Version;
    }

    /// <summary>
    /// The values of a unique index and the keys of their records, in turn, in the order of the
    /// keys.
    /// </summary>
    public byte[][] Values => [.. _values];

    public void Run()
    {
        if (_isFilled) return;

        foreach ((byte[] key, StoredRecord record) in _snapshot.Range(null, null))
        {
            _entries.Set(_index.EncodeEntry(record.Record, key), record);
            if (!_index.Unique || !_index.TryEncodeUnique(record.Record, out byte[] value))
                continue;

            _values.Add(value);
            _values.Add(key);
        }

        _isFilled = true;
    }

    /// <summary>
    /// Whether the partition has the records of the beginning, under the gate. If not, another fill
    /// has to begin.
    /// </summary>
    public bool IsOf(PartitionContent content)
        => ReferenceEquals(content.Records, _records) && _records.Version == _version;

    /// <summary>
    /// Lets the records keep their entries, under the gate, and adds the index then. False if it
    /// should pause before.
    /// </summary>
    public bool TryAddTo(PartitionContent content, TimeProvider time)
    {
        GateTurn turn = GateTurn.OfSmallSteps(time);
        byte[]? from = _kept is null ? null : KeyBytes.Behind(_kept);
        foreach ((byte[] entry, StoredRecord record) in _entries.Range(from, null))
        {
            content.KeepEntry(_index, record, entry);
            _kept = entry;
            if (turn.EndsWithStep()) return false;
        }

        content.AddIndex(_index, _entries);
        return true;
    }
}
