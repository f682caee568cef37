using Memento.Locks;

namespace Memento.Partitions;

/// <summary>
/// The lock on a record that an attempt did not get, because an older transaction has it. The next
/// attempt waits for it before its body runs.
/// </summary>
/// <param name="EncodedKey">The key of the record, present or absent.</param>
/// <param name="Writes">Whether it is locked for writing.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.LostLock")]
internal sealed record LostLock(
    [property: Id(0)] byte[] EncodedKey, [property: Id(1)] bool Writes)
{
    /// <summary>The lock of a conflict; null where it is not on one record.</summary>
    public static LostLock? Of(LockConflict conflict)
        => conflict.Resource is { IsPartition: false, IsRange: false, Space.IsRecords: true } record
            ? new LostLock(record.Key.Bytes, conflict.Kind == LockKind.Write)
            : null;
}
