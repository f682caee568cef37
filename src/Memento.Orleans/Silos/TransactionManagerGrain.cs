using Memento.Commit;
using Memento.Messages;
using Orleans.Concurrency;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Silos;

/// <inheritdoc cref="ITransactionManagerGrain"/>
/// <remarks>
/// It is in the silo of whoever calls it, and passes the message on to the silo that it stands for.
/// So it needs no entry in the grain directory, and outlives that silo.
/// </remarks>
[StatelessWorker]
[Reentrant]
internal sealed class TransactionManagerGrain(IMixedCommits mixed)
    : Grain, ITransactionManagerGrain, ITransactionManagerExtension
{
    private SiloAddress? _silo;

    private SiloAddress Silo
        => _silo ??= SiloAddress.FromParsableString(this.GetPrimaryKeyString());

    public Task Prepared(
        string resourceId,
        Guid transactionId,
        DateTime timestamp,
        ParticipantId resource,
        TransactionalStatus status)
        => SendAsync(new ManagerMessage(transactionId, timestamp, resource, status));

    public Task Ping(
        string resourceId, Guid transactionId, DateTime timeStamp, ParticipantId resource)
        => SendAsync(new ManagerMessage(transactionId, timeStamp, resource, Vote: null));

    /// <summary>
    /// It has no state, so that it is a manager only of transactions that its silo commits itself.
    /// </summary>
    public Task<TransactionalStatus> PrepareAndCommit(
        string resourceId,
        Guid transactionId,
        AccessCounter accessCount,
        DateTime timeStamp,
        List<ParticipantId> writeResources,
        int totalParticipants)
        => Task.FromResult(TransactionalStatus.CommitFailure);

    /// <summary>Away from the grain, of which a silo has few.</summary>
    private Task SendAsync(ManagerMessage message)
        => Task.Run(() => mixed.ReceiveAsync(Silo, message));
}
