using Memento.Journaling;
using Memento.Keys;

namespace Memento.Partitions;

/// <summary>
/// The records that a commit replaced in one partition, kept until its journal batch is durable.
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

    /// <summary>The whole content that the commit removed, if it cleared the partition.</summary>
    public ClearedContent? Cleared { get; set; }

    public void TakeBack() => partition.Undo(this);

    public void Discard() => partition.Discard();
}

/// <summary>One write of a commit, kept until its journal batch is durable.</summary>
/// <param name="Space">The key space of the write.</param>
/// <param name="Key">The key bytes.</param>
/// <param name="Previous">The record before the write; null: none.</param>
internal readonly record struct AppliedWrite(KeySpace Space, byte[] Key, StoredRecord? Previous);
