using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// A record as it stands in a store of a partition, with all that its own code (getters) has a say in as it
/// said it when the record was made: commits and their taking back use that alone, and cannot fail on it.
/// The position and the entries change under the partition's gate; nothing else does.
/// </summary>
internal sealed class StoredRecord(byte[] key, object record)
{
    /// <summary>The key bytes; of a bag with the sequence behind them.</summary>
    public byte[] Key { get; } = key;

    /// <summary>The record; of a unique index the key bytes of the record that has the value.</summary>
    public object Record { get; } = record;

    /// <summary>
    /// Its entries in the indexes, by their stores (<see cref="Tables.IndexDefinition.Store"/>); at 0, of a
    /// bag, what tells it from records of other documents. Null where it has none.
    /// </summary>
    public byte[]?[]? Entries { get; set; }

    /// <summary>An estimate of its bytes in memory, 1 or more; 0 until the store has made it up.</summary>
    public long Size { get; set; }

    /// <summary>The journal position that must be durable before anyone may be told of it; 0: none.</summary>
    public long Position { get; set; }
}
