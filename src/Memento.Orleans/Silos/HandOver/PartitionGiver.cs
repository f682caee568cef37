using System.Collections.Concurrent;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Silos.Leases;

namespace Memento.Silos.HandOver;

/// <summary>
/// Gives partitions of this silo up: closes them, and keeps the records of those in ram until their
/// next owner has taken them.
/// </summary>
internal sealed class PartitionGiver(
    IOtherSilos silos,
    PartitionDirectory partitions,
    ParkedPartitions parked,
    PartitionOwners owners,
    TransactionRegistry transactions,
    Journal journal,
    HybridClock clock,
    LeaseKeeper? leases = null) : IDisposable
{
    private readonly ConcurrentDictionary<Partition, Lazy<Task>> _closing = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _takingEnded =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _taking;
    private bool _isLeaving;

    /// <summary>
    /// Cancelled when this silo stops and others take its partitions: none is opened here any more.
    /// </summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>Ends when nothing is taken over any more. Only while this silo stops.</summary>
    public Task TakingEnded => _takingEnded.Task;

    /// <summary>
    /// This silo stops: no partition begins to come here from now on.
    /// </summary>
    public void BeginLeaving()
    {
        bool isIdle;
        lock (_gate)
        {
            _isLeaving = true;
            isIdle = _taking == 0;
        }

        _leaving.Cancel();
        if (isIdle) _takingEnded.TrySetResult();
    }

    /// <summary>
    /// Begins to take a partition over; false if this silo stops. It has to be ended, so that what
    /// comes here by then is handed over too.
    /// </summary>
    public bool TryBeginTaking()
    {
        lock (_gate)
        {
            if (_isLeaving) return false;
            _taking++;
            return true;
        }
    }

    /// <summary>Ends a <see cref="TryBeginTaking"/>.</summary>
    public void EndTaking()
    {
        bool isIdle;
        lock (_gate)
            isIdle = --_taking == 0 && _isLeaving;
        if (isIdle) _takingEnded.TrySetResult();
    }

    public void Dispose() => _leaving.Dispose();

    /// <summary>
    /// Closes a partition: ends its transactions, except those that commit already, and waits for
    /// these. Then it is here no more.
    /// </summary>
    public async Task CloseAsync(Partition partition, MementoException reason)
    {
        // The first reason stays, but whether the table is gone counts from every call.
        _ = partition.CloseAsync(reason);

        // Their callers send the abort to where the partition is then.
        foreach (TransactionState each in transactions.GetRunning())
        {
            if (each.IsJoined && each.Find(partition.Table, partition.Number) is not null)
                transactions.TryAbort(each, reason);
        }

        await _closing.GetOrAdd(
            partition,
            static (closing, giver) => new Lazy<Task>(() => giver.FinishAsync(closing)),
            this).Value.ConfigureAwait(false);
    }

    /// <summary>Closes a partition, which another silo owns from now on.</summary>
    /// <exception cref="TransactionConflictException">
    /// That silo is dead by the membership's verdict, and does not know it yet.
    /// </exception>
    public async Task<GiveUpAnswer> GiveUpAsync(GiveUpRequest request)
    {
        if (silos.IsDead(request.Owner)) throw Moved(request.Table, request.Number);

        // Before it opens a partition, this silo knows that it serves: a snapshot asks those that
        // are known.
        if (!silos.Others.Contains(request.Owner) && !silos.Here.Equals(request.Owner))
            await silos.RefreshAsync(_leaving.Token).ConfigureAwait(false);

        PartitionOwners.Ownership owned =
            owners.Set(request.Table, request.Number, request.Owner);
        await owned.Opening.ConfigureAwait(false);
        if (partitions.Find(request.Table, request.Number) is { } partition)
            await CloseAsync(partition, Moved(request.Table, request.Number)).ConfigureAwait(false);
        ParkedPartition? kept = parked.Find(request.Table, request.Number);
        return new GiveUpAnswer
        {
            Tenure = kept?.Tenure,
            LostAt = kept?.LostAt,
            LastOwner = owned.Before,
            Clock = clock.Now,
            LostWith = owned.LostWith
                ?? (kept is null && silos.Here.Equals(owned.Before) ? silos.Here : null),
        };
    }

    /// <summary>
    /// Tells a silo that joins of the owners that it was not told of when they took partitions.
    /// Each that takes one later asks that silo too.
    /// </summary>
    public async Task<KnownOwner[]> ShowOwnersAsync(SiloAddress joining)
    {
        if (!silos.Others.Contains(joining))
            await silos.RefreshAsync(_leaving.Token).ConfigureAwait(false);
        return owners.GetAll(joining);
    }

    /// <summary>
    /// The next rows of a partition that waits for its owner; null if it does not, or in another
    /// tenure.
    /// </summary>
    public FetchAnswer? Fetch(FetchRequest request)
        => parked.Find(request.Table, request.Number) is { } kept && kept.Tenure == request.Tenure
            ? HandedContent.Read(kept, request.After)
            : null;

    /// <summary>
    /// Closes the partitions of a table that is being deleted, and drops what is kept of them.
    /// </summary>
    public void Forget(string table, MementoException reason)
    {
        // First, so that what is just being opened is closed here, or not opened.
        owners.Forget(table);
        foreach (Partition each in partitions.All)
        {
            if (each.Table.Name == table) CloseAsync(each, reason).Ignore();
        }

        parked.Remove(table);
    }

    /// <summary>
    /// Drops records that the next owner has. False: it is dead, so that nobody would have them, or
    /// another one has asked for them since, and counts on finding them here.
    /// </summary>
    public bool TryRelease(ReleaseRequest request)
    {
        if (silos.IsDead(request.Owner)
            || !request.Owner.Equals(owners.Find(request.Table, request.Number)))
        {
            return false;
        }

        parked.Remove(request.Table, request.Number, request.Tenure);
        return true;
    }

    /// <summary>The error of transactions in a partition that moves.</summary>
    public static TransactionConflictException Moved(string table, int number)
        => new($"Partition {number} of table '{table}' moved while the transaction ran. It is run "
            + "again while attempts and time are left.");

    private async Task FinishAsync(Partition partition)
    {
        try
        {
            await partition.Drained.ConfigureAwait(false);
            await journal.FlushAsync().ConfigureAwait(false);
            if (partition.TakeContent(journal.DurablePosition) is { } content)
            {
                parked.Add(new ParkedPartition(
                    partition.Table,
                    partition.Number,
                    partition.Tenure,
                    partition.LostAt,
                    content));
            }

            if (leases is not null)
                await leases.ReleaseAsync(partition.Holding).ConfigureAwait(false);
        }
        finally
        {
            partitions.Remove(partition);
            _closing.TryRemove(partition, out _);
        }
    }
}
