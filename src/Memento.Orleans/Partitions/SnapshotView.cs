using Memento.Collections;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>What a snapshot shows of a partition.</summary>
/// <param name="table">The table.</param>
/// <param name="image">
/// What the partition had. Null: what it has now, and the reader has the gate.
/// </param>
/// <param name="content">What the partition has now.</param>
internal sealed class SnapshotView(
    TableDefinition table, ContentImage? image, PartitionContent content) : IRecordSource
{
    // A snapshot writes nothing, so all of them may have this one.
    private static readonly StagedWrites Nothing = new();

    public TableDefinition Table => table;

    public StagedWrites Seen => Nothing;

    private IndexSet Indexes => image?.Indexes ?? content.Indexes;

    public bool HasIndex(IndexReference index) => Indexes.Find(index) is not null;

    public IndexDefinition RequireIndex(IndexReference index)
        => Indexes.Find(index) ?? throw IndexErrors.Changed(table);

    public OrderedMapRange<StoredRecord> Committed(
        KeySpace space, byte[] from, byte[]? to, bool isBackward)
        => image is null
            ? content[space].Range(from, to, isBackward)
            : image[space].Range(from, to, isBackward);

    public long CountRecords() => image?[KeySpace.Records].Count ?? content.Count;

    public StoredRecord? Find(KeySpace space, Key key)
        => image is null ? content.Find(space, key.Bytes)
            : image[space].TryGetValue(key.Bytes, out StoredRecord? record) ? record : null;

    public List<StoredRecord> FindInBag(Key key, int most = int.MaxValue)
    {
        List<StoredRecord> found = [];
        OrderedMapRange<StoredRecord> all =
            Committed(KeySpace.Records, key.Bytes, KeyBytes.PrefixEnd(key.Bytes), false);
        while (found.Count < most && all.MoveNext())
            found.Add(all.CurrentValue);
        return found;
    }
}
