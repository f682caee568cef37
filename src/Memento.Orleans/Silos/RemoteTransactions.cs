using Memento.Commit;
using Memento.Diagnostics;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Silos;

/// <summary>Carries out the calls of bodies in other processes.</summary>
internal sealed class RemoteTransactions(
    TransactionRegistry registry,
    OneAppendCommit commit,
    IPartitions partitions,
    AgeClock ages,
    HybridClock clock,
    StoreTracing tracing,
    ILocalSiloDetails silo,
    TimeProvider time)
{
    /// <summary>
    /// Begins the operations of a message in their order, also while earlier ones wait for a lock,
    /// and returns all answers together.
    /// </summary>
    /// <param name="request">The message.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="longestWait">How long the answers may wait for locks.</param>
    public async Task<ExecuteResponse> ExecuteAsync(
        ExecuteRequest request, Partition partition, TimeSpan longestWait)
    {
        using StoreActivity activity = tracing.StartExecute(
            request.TransactionId,
            partition.Table.Name,
            partition.Number,
            request.Operations.Length);
        TransactionState state;
        LocalParticipant participant;
        try
        {
            state = Join(request.TransactionId, request.Age, request.Remaining, request.Caller);
            if (request.Open is { } open) state.UseSavepoints().Learn(open);
            if (state.Enlist(partition) is not LocalParticipant enlisted)
            {
                // Its body runs here, and has taken the partition for one of another silo.
                return Refuse(request, new TransactionConflictException(
                    $"Partition {partition.Number} of table '{partition.Table.Name}' has moved to "
                    + "the silo of the transaction. It is run again while attempts and time are "
                    + "left."));
            }

            participant = enlisted;
        }
        catch (PartitionClosedException closed)
        {
            // Its grain waits for this call before it ends: it must not be opened again here.
            return closed.Reason is TransactionConflictException
                ? Moving(request)
                : Refuse(request, closed.Reason);
        }
        catch (NoTransactionException late)
        {
            return Refuse(request, late);
        }

        using var message = new OperationMessage(state, partition.Table, partition.Number);
        OperationResponse[] responses =
            await message.ExecuteAsync(request.Operations, longestWait);
        if (!state.IsJoined)
            participant.Uncount(responses.Count(static each => each.Answer is not null));
        return new ExecuteResponse
        {
            Age = state.Age,
            Operations = responses,
            Silo = silo.SiloAddress,
            PlainIndexes = partition.PlainIndexes,
            DurableReads = commit.CountDurableReads(participant, state.Generation),
            Clock = clock.Now,
        };
    }

    /// <summary>
    /// Undoes the writes under a savepoint, and refuses later operations under it.
    /// </summary>
    public async Task RollbackAsync(RollbackRequest request, TableDefinition table, int number)
    {
        TransactionState state;
        try
        {
            state = Join(
                request.TransactionId, request.Age, request.Remaining, caller: null);
        }
        catch (NoTransactionException)
        {
            // The transaction has ended, so its later messages are refused anyway.
            return;
        }

        Savepoints savepoints = state.UseSavepoints();
        savepoints.GiveUp(request.Savepoint);

        // If the body runs here, and takes the partition for one of another silo, it has moved here
        // since. What was written in it is gone, and the body that sent this waits for the answer.
        if (state.Find(table, number) is LocalParticipant participant)
            await participant.RollbackAsync(savepoints.Find([request.Savepoint])!);
    }

    /// <summary>The response to a message none of whose operations could begin.</summary>
    public static ExecuteResponse Refuse(ExecuteRequest request, Exception error)
    {
        var refused = new OperationResponse { Error = error };
        return new ExecuteResponse
        {
            Age = request.Age,
            Operations = [.. Enumerable.Repeat(refused, request.Operations.Length)],
        };
    }

    /// <summary>The response where the partition takes long to be opened.</summary>
    public static ExecuteResponse Waiting(ExecuteRequest request)
    {
        var waiting = new OperationResponse { IsStillWaiting = true };
        return new ExecuteResponse
        {
            Age = request.Age,
            Operations = [.. Enumerable.Repeat(waiting, request.Operations.Length)],
        };
    }

    /// <summary>The response where the partition is on its way to another silo.</summary>
    public static ExecuteResponse Moving(ExecuteRequest request)
        => new() { Age = request.Age, Operations = [], IsMoving = true };

    /// <summary>
    /// Finds the transaction of a message, or begins it. Gives it an age if it has none.
    /// </summary>
    /// <exception cref="NoTransactionException">
    /// The transaction has ended: the message is late.
    /// </exception>
    private TransactionState Join(
        Guid transactionId, TransactionAge? age, TimeSpan remaining, SiloAddress? caller)
        => registry.Join(transactionId, () => new TransactionState(
            transactionId,
            age ?? new TransactionAge(ages.Next(), transactionId),
            DeadlineOf(remaining),
            commit.Generation,
            partitions,
            time)
        {
            IsJoined = true,
            Caller = caller,
        });

    /// <summary>
    /// The deadline is limited, whatever the message says: a vanished caller must not keep its
    /// locks for ever.
    /// </summary>
    private long DeadlineOf(TimeSpan remaining)
    {
        TimeSpan limited = remaining < TransactionLimits.LongestTimeout
            ? remaining
            : TransactionLimits.LongestTimeout;
        return time.GetTimestamp() + (long)(limited.TotalSeconds * time.TimestampFrequency);
    }
}
