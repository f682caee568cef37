using Memento.Invariants;

namespace Memento.Partitions;

/// <content>The end of a partition that has found one of its invariants broken.</content>
internal sealed partial class Partition
{
    // Under the gate.
    private bool _isBroken;

    /// <summary>
    /// Called once, under the gate, when the partition ends because an invariant is broken.
    /// </summary>
    public Action<Partition, BrokenInvariantException>? WhenBroken { get; init; }

    /// <summary>
    /// Ends the partition, under the gate: its locks may be wrong, so that no transaction may go on
    /// in it. Its records are right, because only a commit changes them. The commits that have
    /// begun hold their locks and end as they would; all other transactions are run again, on the
    /// partition that is loaded from the storage or has the records of this one.
    /// </summary>
    private void Break(BrokenInvariantException broken)
    {
        if (_isBroken) return;

        _isBroken = true;
        _closed ??= new TransactionConflictException(
            $"Partition {Number} of table '{Table.Name}' found a fault in its own state and starts "
            + "anew with the records that are committed. The transaction is run again while "
            + "attempts and time are left.",
            broken);
        foreach (PartitionTransaction transaction in _transactions.Values.ToArray())
        {
            if (MayLeave(transaction)) End(transaction);
        }

        if (_transactions.Count == 0) _drained.TrySetResult();
        WhenBroken?.Invoke(this, broken);
    }
}
