namespace Memento.Storage;

/// <summary>
/// The leases of the silos that share a storage: which silo owns a partition, and until when it may
/// rely on that. One instance serves one run of one silo. Every member may be called from any
/// thread.
/// </summary>
/// <remarks>
/// A silo that becomes the owner of a partition raises the owner number
/// (<see cref="IJournalStorage.RaiseEpochAsync"/>), and then claims the partition. If another silo
/// has it, the new owner waits until that silo releases it, or until its lease has ended.
///
/// What must hold: a renewal is counted first, and durably. Only then the owner numbers and the
/// leases are read. So of a renewal of the old owner and a raise of the new owner, one always knows
/// the other: either the old owner learns that it has lost the partition, or the new owner reads a
/// lease that counts the renewal.
/// </remarks>
public interface ILeaseStorage
{
    /// <summary>This run of this silo. No other run of any silo has the same.</summary>
    Guid Owner { get; }

    /// <summary>
    /// Counts a renewal of the lease of this silo, durably. Then reads which of the partitions that
    /// the silo has were lost, and the leases of all silos. It does not wait for a batch that is
    /// being written.
    /// </summary>
    /// <param name="duration">How long the lease lasts after a renewal.</param>
    /// <param name="held">The partitions of this silo, with the owner numbers that it got.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <exception cref="StorageException">
    /// The storage refused, or did not answer. It is not known whether the renewal counts.
    /// </exception>
    Task<LeaseNews> RenewAsync(
        TimeSpan duration,
        IReadOnlyCollection<PartitionEpoch> held,
        CancellationToken cancellationToken);

    /// <summary>
    /// Makes this silo the owner of a partition, durably, if nobody, itself or a silo whose lease
    /// has ended owns it.
    /// </summary>
    /// <param name="claim">The partition, with the owner number that the silo has raised.</param>
    /// <param name="ended">The owner whose lease has ended, or null.</param>
    /// <param name="cancellationToken">Cancels the call before it begins.</param>
    /// <returns>Null if this silo owns it now; otherwise the owner to wait for.</returns>
    /// <exception cref="FencedException">
    /// Another silo has raised the owner number since.
    /// </exception>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task<Guid?> ClaimAsync(
        PartitionEpoch claim, Guid? ended, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the ownership of a partition that this silo uses no more. Does nothing if the silo does
    /// not own it under this number.
    /// </summary>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task ReleaseAsync(PartitionEpoch owned, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the lease of this silo, and its ownership of all partitions. The silo uses none of them
    /// any more, and renews no more.
    /// </summary>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task EndAsync(CancellationToken cancellationToken);
}

/// <summary>What a renewal of a lease has found.</summary>
/// <param name="Leases">The leases of all silos that have one, this one's too.</param>
/// <param name="Lost">
/// The partitions of this silo that have another owner number by now: another silo has taken them,
/// or waits for this one to release them; or their table was dropped.
/// </param>
public sealed record LeaseNews(
    IReadOnlyList<StoredLease> Leases, IReadOnlyList<PartitionEpoch> Lost);

/// <summary>The lease of a silo, as the storage has it.</summary>
/// <param name="Owner">The run of the silo.</param>
/// <param name="Counter">A number that is another one after each renewal.</param>
/// <param name="Duration">How long the lease lasts after a renewal.</param>
public readonly record struct StoredLease(Guid Owner, long Counter, TimeSpan Duration);
