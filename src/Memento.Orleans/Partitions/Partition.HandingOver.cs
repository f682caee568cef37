using Memento.Invariants;

namespace Memento.Partitions;

/// <content>How its records come to its next owner.</content>
internal sealed partial class Partition
{
    // Under the gate.
    private bool _isDropped;
    private bool _isTaken;

    /// <summary>
    /// The number of its ownership, from 1 on: each owner that takes the records of the one before
    /// has the next. Only for a table in ram.
    /// </summary>
    public long Tenure { get; init; }

    /// <summary>
    /// When its records were lost with a silo, so that it, or an owner before, began empty; null:
    /// never.
    /// </summary>
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>
    /// The dead silo with which its records were lost, if this owner began empty for that; null: it
    /// has the records of the owner before, or there were none.
    /// </summary>
    public SiloAddress? LostWith { get; init; }

    /// <summary>The silos that may have had it last before this one, as far as known.</summary>
    public SiloAddress[] OwnersBefore { get; init; } = [];

    /// <summary>
    /// Gives its content away, once. Called when it has drained and the journal has been flushed.
    /// Null where the durable storage has the records, or nobody wants them: the table is gone.
    /// </summary>
    /// <param name="durable">
    /// The journal's durable position. What was written behind it may be the half of a transaction
    /// that is in doubt: then nothing is given away.
    /// </param>
    public PartitionContent? TakeContent(long durable)
    {
        lock (_gate)
        {
            if (_isTaken || _isDropped || Table.Storage != TableStorage.Ram) return null;

            // Another silo has served the partition meanwhile, and these records are old.
            if (IsLost) return null;

            Invariant.Holds(
                _closed is not null && _transactions.Count == 0,
                "a partition has drained before another one has its records");
            _isTaken = true;
            return _content.LastPosition <= durable ? _content : null;
        }
    }
}
