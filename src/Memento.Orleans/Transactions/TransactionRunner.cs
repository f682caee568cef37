using Memento.Commit;
using Memento.Diagnostics;
using Memento.Locks;
using Memento.Participants;
using Memento.Partitions;
using Memento.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Memento.Transactions;

/// <summary>
/// Runs bodies as transactions. A body that loses a conflict runs again with the same age, until it
/// is committed, fails, or its attempts or time are used up.
/// </summary>
internal sealed partial class TransactionRunner(
    MementoTransactionClient client,
    AmbientTransaction ambient,
    TransactionRegistry registry,
    ICommitter committer,
    TransactionTools tools,
    AgeClock clock,
    StoreLifetime lifetime,
    TransactionIds ids,
    TimeProvider time,
    StoreMetrics metrics,
    StoreTracing tracing,
    IOptions<MementoOptions> options,
    ILogger<TransactionRunner> logger)
{
    private readonly MementoOptions _options = options.Value;

    public Task<TransactionResult<T>> RunAsync<T>(
        Func<ITransaction, Task<T>> body,
        TransactionOptions? options,
        CancellationToken cancellationToken)
        => tracing.IsOn
            ? RunTracedAsync(body, options, cancellationToken)
            : RunCountedAsync(body, options, cancellationToken);

    private async Task<TransactionResult<T>> RunCountedAsync<T>(
        Func<ITransaction, Task<T>> body,
        TransactionOptions? options,
        CancellationToken cancellationToken)
    {
        TransactionCallbacks? callbacks = null;
        try
        {
            ArgumentNullException.ThrowIfNull(body);
            if (options is not null) TransactionLimits.Check(options);

            TimeSpan timeout = options?.Timeout ?? _options.TransactionTimeout;
            int? maxAttempts = options is null ? _options.MaxAttempts : options.MaxAttempts;
            long started = time.GetTimestamp();
            long deadline = started + (long)(timeout.TotalSeconds * time.TimestampFrequency);
            long startTicks = clock.Next();
            TransactionAge? age = null;
            MementoException? lost = null;
            (Participant, LostLock)? first = null;
            for (int attempts = 1; ; attempts++)
            {
                lifetime.ThrowIfNotRunning();
                cancellationToken.ThrowIfCancellationRequested();
                if (attempts > 1) metrics.Retried();
                var attempt = new TransactionAttempt<T>(body, tools, registry, committer, time)
                {
                    Number = attempts,
                    Deadline = deadline,
                    StartTicks = age?.StartTicks ?? startTicks,
                    Age = age,
                    First = first,
                    Patience = _options.MaxRetryDelay,
                    Cancellation = cancellationToken,
                    KeepsWritesBack = ambient.SeesCalls,
                };
                await (tracing.IsOn
                    ? RunOnceTracedAsync(attempt, attempts)
                    : RunOnceAsync(attempt));
                callbacks = attempt.State?.Callbacks;
                if (TryGetResult(attempt, attempts, lost, out TransactionResult<T> result))
                {
                    if (callbacks is not null)
                    {
                        await callbacks.RunAsync(
                            result.Ok ? TransactionOutcome.Committed : TransactionOutcome.Aborted,
                            logger);
                    }

                    return result;
                }

                // It lost a conflict. It keeps its age, so that it becomes the oldest one and wins.
                age = attempt.State?.Age ?? age;
                lost = attempt.RetryReason!;
                if (attempts >= maxAttempts) throw UsedUp(attempts, lost);

                // Not where it also takes locks of others: the body takes all in its own order.
                first = attempt.State is { Orleans: not { HasForeign: true } }
                    ? attempt.State.FindLost()
                    : null;
                if (first is null)
                    await PauseAsync(attempts, deadline, lost, cancellationToken);
                else
                    ThrowIfLate(attempts, deadline, lost);
            }
        }
        catch (Exception error)
        {
            metrics.Aborted(AbortReason.Of(error));
            if (callbacks is not null)
            {
                await callbacks.RunAsync(
                    error is TransactionInDoubtException ? null : TransactionOutcome.Aborted,
                    logger);
            }

            throw;
        }
    }

    /// <summary>The result of an attempt, counted; false: it has to run again.</summary>
    private bool TryGetResult<T>(
        TransactionAttempt<T> attempt,
        int attempts,
        MementoException? lost,
        out TransactionResult<T> result)
    {
        try
        {
            if (!attempt.TryGetResult(out result)) return false;
        }
        catch (TransactionTimeoutException late) when (lost is not null)
        {
            throw new TransactionTimeoutException(
                $"{late.Message} It had lost {attempts - 1} attempts before. The last conflict: "
                + lost.Message,
                late);
        }

        if (result.Ok)
            metrics.Committed();
        else
            metrics.Aborted(AbortReason.Aborted);
        return true;
    }

    // The caller's context (a grain's scheduler) must not be left before the body has run.
    private async Task RunOnceAsync<T>(TransactionAttempt<T> attempt)
    {
        try
        {
            if (ambient.IsPossible)
            {
                await RunAloneAsync(attempt);
            }
            else
            {
                var start = TransactionStart.New(attempt.StartTicks, attempt.Remaining);
                await client.BeginAsync(start, () =>
                {
                    attempt.Place = ambient.EnterInOrleans();
                    start.State = attempt.BeginInOrleans();
                    return attempt.RunBodyAsync();
                });
            }
        }
        catch (Exception exception)
        {
            attempt.EndedWith(exception);
        }
        finally
        {
            attempt.End();
        }

        // After its locks are released: others need not wait for the disk.
        await attempt.ConfirmReadsAsync();
    }

    /// <summary>Runs the attempt without Orleans, which learns of it when it is needed.</summary>
    private async Task RunAloneAsync<T>(TransactionAttempt<T> attempt)
    {
        TransactionState state = attempt.Begin(ids.Next(), orleans: null);
        AmbientTransaction.Place place = ambient.Enter(state);
        attempt.Place = place;
        try
        {
            bool commits = await attempt.RunBodyAsync();
            if (state.Orleans is { } record)
                await client.EndAsync(state, record, commits);
            else if (commits)
                state.Result =
                    await committer.CommitAsync(state.Id, state, OrleansParticipant.None);
        }
        finally
        {
            place.State = null;
        }
    }

    /// <summary>
    /// Pauses after a conflict that was not about one record. Where it was, the next attempt waits
    /// for the lock instead.
    /// </summary>
    private async Task PauseAsync(
        int attempts, long deadline, MementoException reason, CancellationToken cancellationToken)
    {
        // The first pauses are shorter than any timer: the winner has usually finished by then.
        if (attempts <= 2)
        {
            await Task.Yield();
        }
        else
        {
            double most = Math.Min(
                _options.MaxRetryDelay.TotalMilliseconds, Math.Pow(2, Math.Min(attempts - 3, 20)));
            await Task.Delay(
                TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * most),
                time,
                cancellationToken);
        }

        ThrowIfLate(attempts, deadline, reason);
    }

    private void ThrowIfLate(int attempts, long deadline, MementoException reason)
    {
        if (time.GetTimestamp() >= deadline)
        {
            throw new TransactionTimeoutException(
                $"The transaction did not get through within its time limit, in {attempts} "
                + $"attempts; nothing of it was kept. The last conflict: {reason.Message}",
                reason);
        }
    }

    private static TransactionConflictException UsedUp(int attempts, MementoException reason)
        => new(
            $"The transaction lost {attempts} of {attempts} attempts, and nothing of it was kept. "
            + $"{reason.Message} Run it again, or allow more attempts.",
            reason);
}
