using Memento.Collections;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>All that a reader sees in a partition.</summary>
internal interface IRecordSource : IRecordView
{
    /// <summary>Whether there is an index that a query was planned with.</summary>
    bool HasIndex(IndexReference index);

    /// <summary>How many records there are.</summary>
    long CountRecords();

    /// <summary>The record of a key, or the entry of a value of a unique index.</summary>
    StoredRecord? Find(KeySpace space, Key key);

    /// <summary>
    /// The records of a logical key of a bag, in the order in which they were written.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="most">How many records are wanted, at the most.</param>
    List<StoredRecord> FindInBag(Key key, int most = int.MaxValue);

    /// <summary>
    /// The records of a key in a table of any type; in a bag, in the order in which they were
    /// written.
    /// </summary>
    List<StoredRecord> FindAll(Key key)
        => Table.Type == TableType.Bag ? FindInBag(key)
            : Find(KeySpace.Records, key) is { } found ? [found]
            : [];
}

/// <summary>
/// The records of a partition that a reader sees: committed ones, and its own in their places.
/// </summary>
internal interface IRecordView
{
    TableDefinition Table { get; }

    /// <summary>The writes of the reader itself that it sees, valid until it writes.</summary>
    StagedWrites Seen { get; }

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

    /// <summary>
    /// Whether other transactions have locked a record, as far as this view knows of locks.
    /// </summary>
    bool IsTakenByOthers(StoredRecord record) => false;

    /// <summary>
    /// The records that the reader has written itself, in the order of the keys, or of the entries
    /// of an index.
    /// </summary>
    OrderedMap<StoredRecord> OwnRecords(KeySpace space)
    {
        StagedWrites seen = Seen;
        seen.Ordered ??= new OwnRecords(Table);
        return seen.Ordered.In(space, seen);
    }
}
