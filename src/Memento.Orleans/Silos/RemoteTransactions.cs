using Memento.Commit;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Silos;

/// <summary>Carries out what bodies in other processes ask of this silo.</summary>
internal sealed class RemoteTransactions(
    TransactionRegistry registry,
    ICommitter committer,
    IPartitions partitions,
    AgeClock clock,
    TimeProvider time)
{
    /// <summary>
    /// Begins the operations of a message in their order, whether or not those before them wait for
    /// a lock, and gives all answers together.
    /// </summary>
    /// <param name="request">The message.</param>
    /// <param name="table">The table.</param>
    /// <param name="number">The partition's number.</param>
    /// <param name="longestWait">How long a lock may keep the answers back.</param>
    public async Task<ExecuteResponse> ExecuteAsync(
        ExecuteRequest request, TableDefinition table, int number, TimeSpan longestWait)
    {
        TransactionState state;
        try
        {
            state = Join(request.TransactionId, request.Age, request.Remaining);
        }
        catch (NoTransactionException late)
        {
            return Refuse(request, late);
        }

        if (request.Open is { } open) state.UseSavepoints().Learn(open);
        using var message = new OperationMessage(state, table, number);
        return new ExecuteResponse
        {
            Age = state.Age,
            Operations = await message.ExecuteAsync(request.Operations, longestWait),
        };
    }

    /// <summary>
    /// Undoes what was written under a savepoint, and refuses what comes under it later.
    /// </summary>
    public async Task RollbackAsync(RollbackRequest request, TableDefinition table, int number)
    {
        TransactionState state;
        try
        {
            state = Join(request.TransactionId, request.Age, request.Remaining);
        }
        catch (NoTransactionException)
        {
            // It has ended, and what comes of it later is refused for that.
            return;
        }

        Savepoints savepoints = state.UseSavepoints();
        savepoints.GiveUp(request.Savepoint);
        if (state.Find(table, number) is { } enlistment)
            await enlistment.RollbackAsync(savepoints.Find([request.Savepoint])!);
    }

    /// <summary>The response to a message of which nothing could be begun.</summary>
    public static ExecuteResponse Refuse(ExecuteRequest request, Exception error)
    {
        var refused = new OperationResponse { Error = error };
        return new ExecuteResponse
        {
            Age = request.Age,
            Operations = Enumerable.Repeat(refused, request.Operations.Count).ToArray(),
        };
    }

    /// <summary>
    /// Finds the transaction of a message, or begins it; gives it an age if it has none.
    /// </summary>
    /// <exception cref="NoTransactionException">It has ended: the message is late.</exception>
    private TransactionState Join(Guid transactionId, TransactionAge? age, TimeSpan remaining)
        => registry.Join(transactionId, () => new TransactionState(
            transactionId,
            age ?? new TransactionAge(clock.Next(), transactionId),
            DeadlineOf(remaining),
            committer.Generation,
            partitions,
            time)
        {
            IsJoined = true,
        });

    /// <summary>
    /// Whatever a message says: a caller that vanished must not keep its locks for ever.
    /// </summary>
    private long DeadlineOf(TimeSpan remaining)
    {
        TimeSpan limited = remaining < TransactionLimits.LongestTimeout
            ? remaining
            : TransactionLimits.LongestTimeout;
        return time.GetTimestamp() + (long)(limited.TotalSeconds * time.TimestampFrequency);
    }
}
