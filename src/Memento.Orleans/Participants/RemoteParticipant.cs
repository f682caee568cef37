using Memento.Diagnostics;
using Memento.Messages;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// A partition in a silo, called from a client or another silo by plain grain calls that name the
/// transaction. It is enlisted before the first message leaves, so that a lost answer cannot hide a
/// lock.
/// </summary>
internal sealed class RemoteParticipant(
    TransactionState state,
    TableDefinition table,
    int number,
    IIndexGrain grain,
    StoreMetrics? metrics = null,
    SiloAddress? silo = null)
    : Participant(table, number)
{
    private readonly OperationOutbox _outbox = new(state, table.Registration, grain, metrics);

    public IIndexGrain Grain { get; } = grain;

    public override SiloAddress? Silo => _outbox.Silo ?? silo;

    // Operations under the savepoint that were not sent are never sent.
    public override ValueTask RollbackAsync(Savepoint savepoint)
    {
        if (!_outbox.HasSentSince(savepoint.Id)) return default;

        metrics?.Sent(MessageName.Rollback);
        return new(Grain.RollbackAsync(state.RollbackOf(savepoint.Id)));
    }

    public override void Abort() => AbortMessage.Send(Grain, state.Id, metrics);

    protected override async ValueTask<TResult> ExecuteCoreAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken)
    {
        operation.Pack(Table);
        Answer answer = await SendAsync(operation, savepoint, cancellationToken)
            .ConfigureAwait(false);
        return operation.Codec.Decode(Table, answer);
    }

    /// <summary>A silo that does not answer ends the attempt, not the transaction.</summary>
    private async ValueTask<Answer> SendAsync(
        Operation operation, Savepoint? savepoint, CancellationToken cancellationToken)
    {
        try
        {
            return await _outbox.SendAsync(operation, savepoint, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (
            StoreLifetime.IsUnreachable(exception, cancellationToken))
        {
            throw new TransactionConflictException(
                $"Partition {Number} of table '{Table.Name}' did not answer: {exception.Message} "
                + "The transaction is run again while attempts and time are left.",
                exception);
        }
        catch (NoTransactionException late) when (
            state.Phase == TransactionPhase.Running && savepoint is not { IsGivenUp: true })
        {
            // The silo has ended what goes on here, because a partition moved, for example.
            throw new TransactionConflictException(
                $"The silo of partition {Number} of table '{Table.Name}' has ended the "
                + $"transaction: {late.Message} It is run again while attempts and time are left.",
                late);
        }
    }
}
