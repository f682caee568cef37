using Memento.Catalog;
using Memento.Commit;
using Memento.Commit.Prepared;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Silos.HandOver;
using Memento.Silos.Placement;
using Memento.Tables;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace Memento.Silos;

/// <summary>
/// Owns a partition: loads it, answers calls to it, and closes it when the grain ends.
/// </summary>
[Reentrant]
[KeepAlive]
[Immovable]
[IndexPlacement]
[GrainDirectory(StoreDirectory.Name)]
internal sealed partial class IndexGrain(
    PartitionLoader loader,
    PartitionGiver giver,
    PartitionDirectory partitions,
    TableRegistry tables,
    TransactionRegistry transactions,
    RemoteTransactions remote,
    LocalCommit commit,
    IMixedCommits mixed,
    PreparedTransactions prepared,
    IMembers members,
    Journal journal,
    HybridClock clock,
    ILocalSiloDetails silo,
    IOptions<SiloMessagingOptions> messaging) : Grain, IIndexGrain
{
    /// <summary>
    /// How long a message waits here before it is answered with that, and sent again. So a caller
    /// knows soon that a message is lost: see <see cref="OperationOutbox.Patience"/>.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    // The answer has to arrive before Orleans' own time-out, too.
    private readonly TimeSpan _longestWait = messaging.Value.ResponseTimeout / 2 < LongestWait
        ? messaging.Value.ResponseTimeout / 2
        : LongestWait;

    private (string Table, int Number)? _name;
    private Task<OpenResponse>? _opening;
    private Partition? _partition;
    private TableRegistration? _registration;
    private bool _isMoving;

    /// <summary>Its partition. Orleans makes the text of its key anew at each use.</summary>
    private (string Table, int Number) Name
        => _name ??= IndexGrainKey.Parse(this.GetPrimaryKeyString());

    public override async Task OnDeactivateAsync(
        DeactivationReason reason, CancellationToken cancellationToken)
    {
        (string table, int number) = Name;
        await CloseAsync(PartitionGiver.Moved(table, number));
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    public async Task<OpenResponse> OpenAsync()
    {
        if (_partition is { IsClosed: true } closed)
            await CloseAsync(closed, PartitionGiver.Moved(closed.Table.Name, closed.Number));
        if (IsMoving()) return new OpenResponse { IsMoving = true };

        _opening ??= LoadAsync();
        Task<OpenResponse> opening = _opening;
        OpenResponse response;
        try
        {
            response = await opening;
        }
        catch
        {
            if (ReferenceEquals(_opening, opening)) _opening = null;
            throw;
        }

        if (response.Error is not null)
        {
            // The next call looks again, because the table may have been made meanwhile.
            if (ReferenceEquals(_opening, opening)) _opening = null;
            return response;
        }

        return _partition is { } partition
            ? response with { Info = partition.Describe(silo.SiloAddress) }
            : response;
    }

    public async Task<ExecuteResponse> ExecuteAsync(ExecuteRequest request)
    {
        // First: what follows a lock that this message releases, or reads what it says, has a
        // higher stamp.
        clock.Observe(request.Clock);
        if (request.Ended is { } ended) transactions.EndReads(ended);
        if (_partition is { IsClosed: false } open && !IsMoving())
        {
            return Refusal(request, _registration, error: null)
                ?? await remote.ExecuteAsync(request, open, _longestWait);
        }

        return await OpenAndExecuteAsync(request);
    }

    private async Task<ExecuteResponse> OpenAndExecuteAsync(ExecuteRequest request)
    {
        Task<OpenResponse> opening = OpenAsync();
        if (!opening.IsCompleted
            && await Task.WhenAny(opening, Task.Delay(_longestWait)) != opening)
        {
            opening.Ignore();
            return RemoteTransactions.Waiting(request);
        }

        OpenResponse open = await opening;
        if (open.IsMoving) return RemoteTransactions.Moving(request);

        if (Refusal(request, open.Registration, open.Error) is { } refusal) return refusal;

        return _partition is { } partition
            ? await remote.ExecuteAsync(request, partition, _longestWait)
            : RemoteTransactions.Moving(request);
    }

    public Task RollbackAsync(RollbackRequest request)
    {
        (string table, int number) = Name;
        return remote.RollbackAsync(request, tables.Get(table), number);
    }

    public Task ArriveAsync(Guid transactionId)
    {
        if (_partition is { } partition && partition.Find(transactionId) is { } transaction)
            partition.Arrive(transaction);
        return Task.CompletedTask;
    }

    // Where the transaction is not known any more, its commit finds that out.
    public async Task<bool> AwaitArrivalAsync(Guid transactionId)
        => _partition is not { } partition || partition.Find(transactionId) is not { } transaction
            || await partition.WhenArrivedAsync(transaction, CancellationToken.None);

    public Task<CommitResult> CommitAsync(CommitRequest request)
    {
        clock.Observe(request.Clock);
        return request.Foreign is null
            ? commit.CommitAsync(request.TransactionId, request.Participants)
            : mixed.CommitAsync(request);
    }

    public Task AbortAsync(Guid transactionId)
    {
        prepared.Abort(transactionId, _partition);
        return Task.CompletedTask;
    }

    public Task<AbortResponse> AbortAndConfirmAsync(CommitRequest request)
    {
        clock.Observe(request.Clock);
        return commit.AbortAsync(request.TransactionId, request.Participants);
    }

    public async Task<DecideAnswer> DecideAsync(CommitRequest request)
        => new(await commit.DecideAsync(request), clock.Now);

    /// <summary>
    /// From here on Orleans keeps the calls to it, until the next one is where it should be, and
    /// they go there. Those that run are ended by the close, so that none waits for a lock
    /// meanwhile.
    /// </summary>
    /// <remarks>
    /// Not by ending it alone: until the directory has the next one, a silo that remembers where it
    /// was sends its call there, and so makes it there again, without asking the placement.
    /// </remarks>
    public Task MoveAsync(SiloAddress from)
    {
        if (!silo.SiloAddress.Equals(from)) return Task.CompletedTask;

        _isMoving = true;
        (string table, int number) = Name;
        Task closing = _partition is { } partition
            ? giver.CloseAsync(partition, PartitionGiver.Moved(table, number))
            : Task.CompletedTask;
        if (_partition is not null && prepared.HoldsInRam(_partition))
        {
            // A decision that is still to come is such a call, and the close waits for it.
            _ = MigrateAfterAsync(closing);
            return Task.CompletedTask;
        }

        MigrateOnIdle();
        closing.Ignore();
        return Task.CompletedTask;
    }

    public Task DropAsync()
        => CloseAsync(CatalogGrain.NotFound(Name.Table));

    public Task ReloadAsync()
        => _partition is { Table.Storage: TableStorage.Disk }
            ? CloseAsync(new TransactionConflictException(
                $"Partition {this.GetPrimaryKeyString()} is loaded again, because it is not known "
                + "whether its table was deleted. The transaction is run again while attempts and "
                + "time are left."))
            : Task.CompletedTask;

    public async Task<long> HighestNumberAsync()
    {
        OpenResponse open = await OpenAsync();
        if (open.Error is not null) throw open.Error;

        // Without the partition the highest number is not known: an answer of none would give
        // numbers twice.
        Partition partition = _partition ?? throw new TransactionConflictException(
            $"Partition {this.GetPrimaryKeyString()} was closed while its numbers were asked for. "
            + "The transaction is run again while attempts and time are left.");

        (long number, long position) = partition.HighestNumber();
        if (position <= journal.DurablePosition) return number;

        // A number counts when it is committed. The number of a failed batch is gone afterwards.
        await journal.FlushAsync();
        return Math.Min(number, partition.HighestNumber().Number);
    }

    private async Task<OpenResponse> LoadAsync()
    {
        (string table, int number) = Name;
        TableRegistration? registration =
            tables.TryGet(table, out TableDefinition? known) ? known.Registration : null;
        try
        {
            _partition = await loader.LoadAsync(table, number);
            _registration = registration;
            partitions.Tried(table, number, failure: null);
            return new OpenResponse
            {
                Silo = silo.SiloAddress,
                Info = _partition.Describe(silo.SiloAddress),
                Registration = registration,
                LostWith = _partition.LostWith,
            };
        }
        catch (MementoException error)
        {
            partitions.Tried(table, number, error is StorageException ? error.Message : null);
            return new OpenResponse { Error = error, Registration = registration };
        }
    }

    /// <summary>The answer to a message that must not be carried out; null: it may.</summary>
    private ExecuteResponse? Refusal(
        ExecuteRequest request, TableRegistration? registration, MementoException? error)
    {
        try
        {
            // This check is first: for a partition number that only the caller has, its error says
            // more.
            registration?.Require(Name.Table, request.Registration);
            return error is null ? null : RemoteTransactions.Refuse(request, error);
        }
        catch (MementoException mismatch)
        {
            return RemoteTransactions.Refuse(request, mismatch);
        }
    }

    /// <summary>
    /// Whether it is about to end here. Waiting for that would keep it from ending.
    /// </summary>
    private bool IsMoving()
    {
        if (!giver.Leaving.IsCancellationRequested) return _isMoving;

        // It was placed here by a silo that does not know yet that this one stops.
        DeactivateOnIdle();
        return true;
    }

    private async Task MigrateAfterAsync(Task closing)
    {
        // Where it fails, the end of the grain closes the partition again.
        await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing
            | ConfigureAwaitOptions.ContinueOnCapturedContext);
        MigrateOnIdle();
    }

    /// <summary>
    /// Waits until the running commits are on the disk, before the partition can be loaded again.
    /// </summary>
    private async Task CloseAsync(MementoException reason)
    {
        if (_opening is not null) await _opening;
        if (_partition is { } partition) await CloseAsync(partition, reason);
    }

    private async Task CloseAsync(Partition partition, MementoException reason)
    {
        await giver.CloseAsync(partition, reason);
        if (!ReferenceEquals(_partition, partition)) return;

        _partition = null;
        _opening = null;
    }
}
