namespace Memento.Partitions;

/// <summary>What a commit replaced, kept until its journal batch is durable.</summary>
/// <param name="Store">0: records; above: the entries of a unique index.</param>
/// <param name="Key">The key bytes in that store.</param>
/// <param name="Previous">What stood there before; null: nothing.</param>
internal readonly record struct AppliedWrite(int Store, byte[] Key, StoredRecord? Previous);
