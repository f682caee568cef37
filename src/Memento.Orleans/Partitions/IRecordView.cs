using Memento.Collections;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// The records of a partition that a reader sees: committed ones, and its own in their places.
/// </summary>
internal interface IRecordView
{
    TableDefinition Table { get; }

    /// <summary>Whether the reader has written anything in the partition itself.</summary>
    bool HasOwn { get; }

    /// <summary>Finds the index that a query was planned with.</summary>
    /// <exception cref="TransactionConflictException">The index was removed meanwhile.</exception>
    IndexDefinition RequireIndex(IndexReference index);

    /// <summary>The committed records in a range of the keys, or of an index.</summary>
    /// <param name="space">The records, or the entries of an index.</param>
    /// <param name="from">The first place; empty means no bound.</param>
    /// <param name="to">The first place after the range; null means no bound.</param>
    /// <param name="isBackward">Whether they come from the end to the beginning.</param>
    OrderedMapRange<StoredRecord> Committed(
        KeySpace space, byte[] from, byte[]? to, bool isBackward = false);

    /// <summary>The records in the range that the reader has written itself.</summary>
    /// <inheritdoc cref="Committed"/>
    OrderedMapRange<StoredRecord> Own(
        KeySpace space, byte[] from, byte[]? to, bool isBackward = false);

    /// <summary>Whether the reader has written or deleted the record of a key itself.</summary>
    bool HasWritten(Key key);
}
