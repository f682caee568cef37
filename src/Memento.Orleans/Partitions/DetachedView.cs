using Memento.Collections;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// What a transaction sees in some key spaces, as it was when this was made under the gate. It is
/// read without the gate, so that a long walk keeps nobody waiting.
/// </summary>
internal sealed class DetachedView : IRecordView
{
    private readonly IndexSet _indexes;
    private readonly (KeySpace Space, OrderedMapSnapshot<StoredRecord> Committed)[] _spaces;

    /// <param name="transaction">
    /// The transaction, whose locks keep what it reads as it is.
    /// </param>
    /// <param name="spaces">The records, or the entries of indexes.</param>
    public DetachedView(PartitionTransaction transaction, params ReadOnlySpan<KeySpace> spaces)
    {
        transaction.DependOn(transaction.Content.LastPosition);
        Table = transaction.Table;
        _indexes = transaction.Content.Indexes;
        _spaces = new (KeySpace, OrderedMapSnapshot<StoredRecord>)[spaces.Length];
        for (int i = 0; i < spaces.Length; i++)
            _spaces[i] = (spaces[i], transaction.Content[spaces[i]].TakeSnapshot());
        foreach (StagedWrite write in transaction.Seen.Effective)
            Seen.Add(write.Copy());
    }

    public TableDefinition Table { get; }

    public StagedWrites Seen { get; } = new();

    public IndexDefinition RequireIndex(IndexReference index)
        => _indexes.Find(index) ?? throw IndexErrors.Changed(Table);

    public OrderedMapRange<StoredRecord> Committed(
        KeySpace space, byte[] from, byte[]? to, bool isBackward)
    {
        foreach ((KeySpace detached, OrderedMapSnapshot<StoredRecord> committed) in _spaces)
        {
            if (detached == space) return committed.Range(from, to, isBackward);
        }

        throw new InvalidOperationException($"Key space {space} was not detached.");
    }
}
