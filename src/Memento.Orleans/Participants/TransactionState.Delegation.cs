using Memento.Locks;
using Memento.Messages;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <content>
/// Operations that a silo sends to partitions for a body in a client, in the place of a message to
/// each.
/// </content>
internal sealed partial class TransactionState
{
    /// <summary>A message to a partition of a table, without operations yet.</summary>
    public ExecuteRequest RequestTo(TableDefinition table, TransactionAge? age)
        => new()
        {
            TransactionId = Id,
            Age = age,
            Remaining = Remaining,
            Operations = [],
            Registration = table.Registration,
            Open = Savepoints?.Describe(),
            Caller = Here,
            Clock = Clock.Now,
        };

    /// <summary>
    /// Has a silo carry out operations in partitions of a table that it chooses itself. They take
    /// part from then on.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="operation">One like those that the silo carries out, for its codec.</param>
    /// <param name="savepoint">The savepoint of the operations; null outside any.</param>
    /// <param name="delegation">Asks the silo.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<List<TResult>> DelegateAsync<TResult>(
        TableDefinition table,
        Operation<TResult> operation,
        Savepoint? savepoint,
        IDelegation delegation,
        CancellationToken cancellationToken)
    {
        BeginCall(savepoint);
        CancellationTokenSource? linked = null;
        try
        {
            ThrowIfOver(savepoint);
            cancellationToken = Link(cancellationToken, out linked);
            DelegatedAnswers done = await AskAsync(table, savepoint, delegation, cancellationToken)
                .ConfigureAwait(false);
            if (done.Error is { } error) throw error;

            // All, before the error of one of them is thrown.
            RemoteParticipant[] asked = [.. await Task.WhenAll(done.Answers.Select(
                each => EnlistAsync(table, each.Number, delegation))).ConfigureAwait(false)];
            return [.. asked.Zip(
                done.Answers, (each, answer) => each.Take(operation, answer.Response))];
        }
        catch (Exception exception)
        {
            if (ReasonOf(exception, table, operation) is { } reason) throw reason;
            throw;
        }
        finally
        {
            linked?.Dispose();
            EndCall(savepoint);
        }
    }

    /// <summary>
    /// Asks the silo. Where its answer is lost, any partition may have locks of the transaction,
    /// which cannot go on.
    /// </summary>
    private async Task<DelegatedAnswers> AskAsync(
        TableDefinition table,
        Savepoint? savepoint,
        IDelegation delegation,
        CancellationToken cancellationToken)
    {
        using AgeTurn turn = await TakeAgeTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DelegatedAnswers done = await delegation.AskAsync(turn.Age, cancellationToken)
                .ConfigureAwait(false);
            if (done.Age is { } age) turn.Set(age);
            return done;
        }
        catch (Exception lost)
        {
            await Task.WhenAll(table.PartitionNumbers.Select(
                number => EnlistAsync(table, number, delegation))).ConfigureAwait(false);
            if (lost is OperationCanceledException && cancellationToken.IsCancellationRequested)
                AbandonCall(savepoint);
            else
                DoomWith(lost as MementoException ?? new MementoException(lost.Message, lost));
            throw;
        }
    }

    /// <summary>Makes a partition take part that a silo may have asked already.</summary>
    /// <exception cref="NoTransactionException">
    /// The transaction has ended meanwhile. It is ended in the partition too.
    /// </exception>
    private async Task<RemoteParticipant> EnlistAsync(
        TableDefinition table, int number, IDelegation delegation)
    {
        try
        {
            return (RemoteParticipant)await partitions
                .EnlistAsync(this, table, number, CancellationToken.None).ConfigureAwait(false);
        }
        catch (NoTransactionException)
        {
            delegation.Abort(number);
            throw;
        }
    }
}

/// <summary>A silo that sends operations to partitions for a transaction.</summary>
internal interface IDelegation
{
    /// <summary>Asks the silo.</summary>
    /// <param name="age">The age of the transaction; null: the answer says it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<DelegatedAnswers> AskAsync(TransactionAge? age, CancellationToken cancellationToken);

    /// <summary>Ends the transaction in a partition, and does not wait.</summary>
    void Abort(int number);
}
