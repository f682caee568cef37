namespace Memento.Storage;

/// <summary>A stored record: its key bytes and its JSON document in UTF-8.</summary>
/// <param name="Key">The order-preserving key bytes.</param>
/// <param name="Document">The JSON document, UTF-8.</param>
public readonly record struct StoredRow(byte[] Key, byte[] Document);
