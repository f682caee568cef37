namespace Memento.Storage;

/// <summary>A partition's owner number that a journal entry relies on.</summary>
/// <param name="Table">The table.</param>
/// <param name="Partition">The partition, 0 or more.</param>
/// <param name="Epoch">The owner number, 1 or more.</param>
public readonly record struct PartitionEpoch(string Table, int Partition, long Epoch);
