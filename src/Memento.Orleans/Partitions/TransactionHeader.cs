using Memento.Locks;

namespace Memento.Partitions;

/// <summary>What a partition has to know of a transaction that comes to it.</summary>
/// <param name="TransactionId">The attempt's id.</param>
/// <param name="Age">The age, kept over attempts: who is older wins.</param>
/// <param name="Deadline">The end of the time limit, as a timestamp of the silo's time provider.</param>
internal sealed record TransactionHeader(Guid TransactionId, TransactionAge Age, long Deadline)
{
    private Savepoints? _savepoints;

    /// <summary>Its savepoints, once it has had any.</summary>
    public Savepoints? Savepoints
    {
        get => Volatile.Read(ref _savepoints);
        set => Volatile.Write(ref _savepoints, value);
    }
}
