using Memento.Journaling;
using Memento.Keys;

namespace Memento.Partitions;

/// <summary>
/// What a commit replaced in one partition, kept until its journal batch is durable.
/// </summary>
internal sealed class AppliedCommit(Partition partition) : ITakeBack
{
    public string Table => partition.Table.Name;

    public int Number => partition.Number;

    public bool IsStored => partition.Table.Storage == TableStorage.Disk;

    /// <summary>
    /// The writes, oldest first; null until they are applied. The partition's gate guards it.
    /// </summary>
    public AppliedWrite[]? Writes { get; set; }

    /// <summary>All that the commit took out of the partition, where it cleared it.</summary>
    public ClearedContent? Cleared { get; set; }

    public void TakeBack() => partition.Undo(this);

    public void Discard() => partition.Discard();
}

/// <summary>What a commit replaced, kept until its journal batch is durable.</summary>
/// <param name="Space">Where it was written.</param>
/// <param name="Key">The key bytes.</param>
/// <param name="Previous">What stood there before; null: nothing.</param>
internal readonly record struct AppliedWrite(KeySpace Space, byte[] Key, StoredRecord? Previous);
