namespace Memento.Partitions;

/// <summary>
/// A record as it stands in a store of a partition. Immutable but for the position, which the partition
/// sets under its gate when the record is applied.
/// </summary>
internal sealed class StoredRecord(byte[] key, object record)
{
    /// <summary>The key bytes; of a bag with the sequence behind them.</summary>
    public byte[] Key { get; } = key;

    /// <summary>The record; of a unique index the key bytes of the record that has the value.</summary>
    public object Record { get; } = record;

    /// <summary>The journal position that must be durable before anyone may be told of it; 0: none.</summary>
    public long Position { get; set; }
}
