using Memento.Storage;

namespace Memento.Leases;

/// <summary>A partition that this silo holds under its lease.</summary>
/// <param name="owned">The partition, with the owner number that this silo has raised.</param>
/// <param name="lease">The lease of the silo.</param>
internal sealed class Holding(PartitionEpoch owned, Lease lease)
{
    private LeaseWatch? _seen;
    private volatile bool _isLost;

    public PartitionEpoch Owned { get; } = owned;

    public Lease Lease { get; } = lease;

    /// <summary>Whether another silo has taken the partition, or is about to. For good.</summary>
    public bool IsLost => _isLost;

    /// <summary>
    /// Whether the silo may rely on the partition at this moment. The lease is looked at first: it
    /// gets longer only after what was lost is known.
    /// </summary>
    public bool Stands => Lease.IsValid && !_isLost;

    /// <summary>Whether a renewal knew of it, and it was not lost.</summary>
    public bool IsCovered => Volatile.Read(ref _seen) is not null;

    /// <summary>
    /// Whether the lease of an earlier owner has ended, in which it could rely on the partition.
    /// What it renews later tells it that the partition is lost.
    /// </summary>
    public bool HasEnded(Guid owner) => Volatile.Read(ref _seen)?.HasEnded(owner) == true;

    public void Lose() => _isLost = true;

    /// <summary>A renewal that began after the owner number was raised has covered it.</summary>
    /// <param name="seen">The leases of all silos as they were read then.</param>
    public void Cover(LeaseWatch seen) => Volatile.Write(ref _seen, seen);
}
