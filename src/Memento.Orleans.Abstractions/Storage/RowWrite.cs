namespace Memento.Storage;

/// <summary>One row of a batch: an upsert, or a delete where <see cref="Document"/> is null.</summary>
/// <param name="Table">The SQL table.</param>
/// <param name="Partition">The partition, 0 or more.</param>
/// <param name="Key">The order-preserving key bytes.</param>
/// <param name="Document">The JSON document in UTF-8, or null to delete the row.</param>
public readonly record struct RowWrite(string Table, int Partition, byte[] Key, byte[]? Document);
