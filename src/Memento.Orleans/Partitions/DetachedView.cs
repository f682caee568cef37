using Memento.Collections;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// What a transaction sees in one key space, as it was when this was made under the gate. It is
/// read without the gate, so that a long walk keeps nobody waiting.
/// </summary>
internal sealed class DetachedView : IRecordView
{
    private static readonly OrderedMapSnapshot<StoredRecord> Nothing =
        new OrderedMap<StoredRecord>().TakeSnapshot();

    private readonly KeySpace _space;
    private readonly IndexSet _indexes;
    private readonly OrderedMapSnapshot<StoredRecord> _committed;
    private readonly OrderedMapSnapshot<StoredRecord> _own;
    private readonly HashSet<Key> _written = [];

    /// <param name="transaction">
    /// The transaction, whose locks keep what it reads as it is.
    /// </param>
    /// <param name="space">The records, or the entries of an index.</param>
    public DetachedView(PartitionTransaction transaction, KeySpace space)
    {
        transaction.DependOn(transaction.Content.LastPosition);
        Table = transaction.Table;
        _space = space;
        _indexes = transaction.Content.Indexes;
        _committed = transaction.Content[space].TakeSnapshot();
        _own = transaction.HasOwn ? transaction.OwnRecords(space).TakeSnapshot() : Nothing;
        foreach (StagedWrite write in transaction.Seen.Effective)
        {
            if (write.Space.IsRecords) _written.Add(write.Key);
        }
    }

    public TableDefinition Table { get; }

    public bool HasOwn => _written.Count > 0;

    public IndexDefinition RequireIndex(IndexReference index)
        => _indexes.Find(index) ?? throw IndexErrors.Changed(Table);

    public OrderedMapRange<StoredRecord> Committed(
        KeySpace space, byte[] from, byte[]? to, bool isBackward)
        => Only(space, _committed).Range(from, to, isBackward);

    public OrderedMapRange<StoredRecord> Own(
        KeySpace space, byte[] from, byte[]? to, bool isBackward)
        => Only(space, _own).Range(from, to, isBackward);

    public bool HasWritten(Key key) => _written.Contains(key);

    private OrderedMapSnapshot<StoredRecord> Only(
        KeySpace space, OrderedMapSnapshot<StoredRecord> snapshot)
        => space == _space
            ? snapshot
            : throw new InvalidOperationException($"Only key space {_space} was detached.");
}
