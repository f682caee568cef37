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
    private readonly KeySpace _space;
    private readonly IndexSet _indexes;
    private readonly OrderedMapSnapshot<StoredRecord> _committed;

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
        foreach (StagedWrite write in transaction.Seen.Effective)
            Seen.Add(write.Copy());
    }

    public TableDefinition Table { get; }

    public StagedWrites Seen { get; } = new();

    public IndexDefinition RequireIndex(IndexReference index)
        => _indexes.Find(index) ?? throw IndexErrors.Changed(Table);

    public OrderedMapRange<StoredRecord> Committed(
        KeySpace space, byte[] from, byte[]? to, bool isBackward)
        => space == _space
            ? _committed.Range(from, to, isBackward)
            : throw new InvalidOperationException($"Only key space {_space} was detached.");
}
