using Memento.Messages;
using Memento.Partitions.Locks;
using Memento.Tables;
using Memento.Transactions;

namespace Memento.Grains;

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
            state = Join(request);
        }
        catch (NoTransactionException late)
        {
            return Refuse(request, late);
        }

        using var message = new OperationMessage(state, table, number);
        return new ExecuteResponse
        {
            Age = state.Age,
            Operations = await message.ExecuteAsync(request.Operations, longestWait),
        };
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

    /// <summary>Finds the transaction of a message, or begins it; gives it an age if it has none.</summary>
    /// <exception cref="NoTransactionException">It has ended: the message is late.</exception>
    private TransactionState Join(ExecuteRequest request)
        => registry.Join(request.TransactionId, () => new TransactionState(
            request.TransactionId,
            request.Age ?? new TransactionAge(clock.Next(), request.TransactionId),
            DeadlineOf(request.Remaining),
            committer.Generation,
            partitions,
            time)
        {
            IsJoined = true,
        });

    /// <summary>Whatever a message says: a caller that vanished must not keep its locks for ever.</summary>
    private long DeadlineOf(TimeSpan remaining)
    {
        TimeSpan limited = remaining < TransactionLimits.LongestTimeout
            ? remaining
            : TransactionLimits.LongestTimeout;
        return time.GetTimestamp() + (long)(limited.TotalSeconds * time.TimestampFrequency);
    }
}
