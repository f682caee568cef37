using Memento.Diagnostics;
using Memento.Journaling;
using Memento.Leases;
using Memento.Partitions;
using Memento.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Memento.Silos.Leases;

/// <summary>
/// Renews the lease of this silo, takes partitions under it, and closes those that were lost. Does
/// nothing where the storage is of this silo alone.
/// </summary>
internal sealed class LeaseKeeper(
    DurableStorage storage,
    PartitionDirectory partitions,
    Journal journal,
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    IOptions<MementoOptions> options,
    TimeProvider time,
    StoreMetrics metrics,
    ILogger<LeaseKeeper> logger) : IDisposable
{
    /// <summary>How often a lease is renewed while it lasts.</summary>
    private const int RenewalsInDuration = 5;

    /// <summary>How often the end of another lease is looked for while that lasts.</summary>
    private const int LooksInDuration = 50;

    /// <summary>After how many looks the storage is asked whether the owner has released.</summary>
    private const int LooksBetweenClaims = 5;

    /// <summary>How long the end of the lease may hold the stop of the silo up.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly ILeaseStorage? _storage = storage.Journal?.Leases;
    private readonly Lease _lease = new(options.Value.LeaseDuration, time);
    private readonly CancellationTokenSource _stopping = new();
    private Wish _wish = new();
    private Task _running = Task.CompletedTask;
    private bool _isStarted;
    private bool _isDisposed;
    private bool _hasFailed;

    /// <summary>Whether silos that share the storage are told apart by leases.</summary>
    public bool IsOn => _storage is not null;

    /// <summary>Describes the lease for callers; null where there is none.</summary>
    /// <summary>
    /// Whether the silo may rely on what it holds at this moment; true where nothing is held.
    /// </summary>
    public bool Stands => !IsOn || _lease.Count == 0 || _lease.IsValid;

    public LeaseInfo? Describe()
        => IsOn ? new LeaseInfo(_lease.Until, _lease.IsValid, _lease.Count) : null;

    /// <summary>
    /// Called before each renewal, in tests that pause a silo or cut it off from the storage.
    /// </summary>
    internal Func<Task>? RenewalForTests { get; set; }

    /// <summary>Begins to renew, when the storage is open.</summary>
    public void Start()
    {
        if (_storage is null || _isStarted) return;
        _isStarted = true;
        CancellationToken stopping = _stopping.Token;
        _running = Task.Run(() => RunAsync(_storage, stopping), CancellationToken.None);
    }

    /// <summary>
    /// Leaves all partitions to other silos at once. They are closed, and the journal is written.
    /// </summary>
    public async Task StopAsync()
    {
        if (_storage is null || !_isStarted || _isDisposed) return;
        Dispose();
        await _running;
        _lease.End();
        try
        {
            await _storage.EndAsync(CancellationToken.None).WaitAsync(LongestEnd, time);
        }
        catch (Exception exception) when (exception is StorageException or TimeoutException)
        {
            LeaseLog.NotEnded(logger, exception, _lease.Duration);
        }
    }

    /// <summary>
    /// Takes a partition: raises its owner number, and waits until no other silo may rely on it.
    /// </summary>
    /// <exception cref="TransactionConflictException">Another silo has taken it since.</exception>
    /// <exception cref="StorageException">The storage refused.</exception>
    public async Task<Holding> TakeAsync(string table, int number)
    {
        // A silo that has stood still may be dead by the membership's verdict. To raise the number
        // would take the partition, with its records in ram, from its new owner.
        if (!_lease.IsValid) await RefreshMembershipAsync(_stopping.Token);
        if (membership.CurrentSnapshot.GetSiloStatus(silo.SiloAddress) == SiloStatus.Dead)
            throw LeaseErrors.Taken(table, number);

        long epoch = await storage.Journal!.RaiseEpochAsync(table, number, _stopping.Token);
        Holding holding = _lease.Hold(new PartitionEpoch(table, number, epoch));
        try
        {
            // A renewal that begins now knows of the partition, and reads the leases of the others.
            if (await Volatile.Read(ref _wish).MakeAsync() is { } failure) throw Failed(failure);
            await ClaimAsync(holding);
            return holding.IsLost ? throw Taken(holding) : holding;
        }
        catch (Exception exception)
        {
            _lease.Drop(holding);
            if (exception is FencedException) throw Taken(holding);
            if (exception is OperationCanceledException) throw Failed(exception);
            throw;
        }
    }

    /// <summary>
    /// Leaves a partition that is closed, and whose last commits are written, to other silos.
    /// </summary>
    public async Task ReleaseAsync(Holding? holding)
    {
        if (_storage is null || holding is null) return;
        _lease.Drop(holding);
        try
        {
            await _storage.ReleaseAsync(holding.Owned, CancellationToken.None);
        }
        catch (StorageException exception)
        {
            LeaseLog.NotReleased(
                logger,
                exception,
                holding.Owned.Partition,
                holding.Owned.Table,
                _lease.Duration);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task RunAsync(ILeaseStorage leases, CancellationToken stopping)
    {
        TimeSpan interval = _lease.Duration / RenewalsInDuration;
        while (!stopping.IsCancellationRequested)
        {
            Wish wish = Interlocked.Exchange(ref _wish, new Wish());
            Exception? failure = await RenewAsync(leases, stopping);
            wish.Grant(failure);
            await Volatile.Read(ref _wish).WhenMadeAsync(interval, time, stopping);
        }

        Volatile.Read(ref _wish).Grant(new OperationCanceledException(stopping));
    }

    /// <summary>Renews once; why it failed.</summary>
    private async Task<Exception?> RenewAsync(ILeaseStorage leases, CancellationToken stopping)
    {
        try
        {
            using var limit = new CancellationTokenSource(_lease.Duration, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(
                stopping, limit.Token);
            if (RenewalForTests is { } test) await test();
            Renewal renewal = _lease.Begin();
            LeaseNews news = await leases.RenewAsync(
                _lease.Duration,
                [.. renewal.Held.Select(static each => each.Owned)],
                either.Token);
            bool wasStalled = _lease.IsStalled;
            IReadOnlyList<Holding> lost = _lease.End(renewal, news);
            foreach (Holding each in lost)
                Close(each);
            if (lost.Count > 0) await RefreshMembershipAsync(stopping);
            if (wasStalled && !_lease.IsStalled) LeaseLog.GoesOn(logger);
            _hasFailed = false;
            return null;
        }
        catch (Exception exception)
        {
            if (stopping.IsCancellationRequested) return exception;
            if (!_hasFailed) LeaseLog.NotRenewed(logger, exception, _lease.Duration);
            _hasFailed = true;
            if (_lease.TryStall())
            {
                metrics.LeaseRanOut();
                LeaseLog.RanOut(logger, _lease.Count);
            }

            return exception;
        }
    }

    private async Task ClaimAsync(Holding holding)
    {
        Guid? owner = null;
        for (int look = 0; ; look++)
        {
            if (holding.IsLost) throw Taken(holding);
            bool hasEnded = owner is { } other && holding.HasEnded(other);
            if (hasEnded || look % LooksBetweenClaims == 0)
            {
                owner = await _storage!.ClaimAsync(
                    holding.Owned, hasEnded ? owner : null, _stopping.Token);
                if (owner is null) return;
                if (look == 0) LeaseLog.Waits(logger, holding.Owned.Partition, holding.Owned.Table);
            }

            await Task.Delay(_lease.Duration / LooksInDuration, time, _stopping.Token);
        }
    }

    private void Close(Holding lost)
    {
        metrics.PartitionTaken();
        LeaseLog.Lost(logger, lost.Owned.Partition, lost.Owned.Table);
        if (partitions.Find(lost.Owned.Table, lost.Owned.Partition) is { } partition
            && partition.Holding == lost)
        {
            _ = CloseAsync(partition);
        }
    }

    private async Task CloseAsync(Partition partition)
    {
        try
        {
            await partition.CloseAsync(Taken(partition.Holding!)).ConfigureAwait(false);
            await journal.FlushAsync().ConfigureAwait(false);
            await ReleaseAsync(partition.Holding).ConfigureAwait(false);
            partitions.Remove(partition);
        }
        catch (Exception exception)
        {
            // The new owner waits for the end of the lease instead.
            LeaseLog.NotReleased(
                logger, exception, partition.Number, partition.Table.Name, _lease.Duration);
        }
    }

    /// <summary>
    /// A silo that has lost partitions, or its lease, may have been declared dead: it learns that
    /// now.
    /// </summary>
    private async Task RefreshMembershipAsync(CancellationToken stopping)
    {
        try
        {
            // In a silo that stops, Orleans may wait for ever for what it has read.
            await membership.Refresh(default, stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            LeaseLog.NotRefreshed(logger, exception);
        }
    }

    private static TransactionConflictException Taken(Holding holding)
        => LeaseErrors.Taken(holding.Owned.Table, holding.Owned.Partition);

    private StorageException Failed(Exception failure) => failure as StorageException
        ?? new StorageException(
            $"The lease of this silo in {storage.Journal!.Description} could not be renewed: "
            + $"{failure.Message} Check that the storage can be reached.",
            failure);

    /// <summary>The wish for a renewal that begins later than the wish.</summary>
    private sealed class Wish
    {
        private readonly TaskCompletionSource _made = new(
            TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly TaskCompletionSource<Exception?> _granted = new(
            TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Makes the wish, and waits for the renewal; why it failed.</summary>
        public Task<Exception?> MakeAsync()
        {
            _made.TrySetResult();
            return _granted.Task;
        }

        public void Grant(Exception? failure) => _granted.TrySetResult(failure);

        public async Task WhenMadeAsync(
            TimeSpan most, TimeProvider time, CancellationToken cancellationToken)
        {
            try
            {
                await _made.Task.WaitAsync(most, time, cancellationToken);
            }
            catch (Exception exception)
                when (exception is TimeoutException or OperationCanceledException)
            {
                // Nobody wishes it: it is time for one all the same, or for the end.
                return;
            }
        }
    }
}
