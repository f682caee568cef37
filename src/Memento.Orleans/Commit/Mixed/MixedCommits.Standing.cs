using System.Collections.Concurrent;
using Memento.Messages;
using Memento.Storage;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <content>
/// What goes on after the answer: telling the decisions, also those of silos that have ended.
/// </content>
internal sealed partial class MixedCommits
{
    /// <summary>The longest pause before a writer that does not answer is told again.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often the storage is asked for decisions of silos that have ended.</summary>
    private static readonly TimeSpan SearchInterval = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Guid, AdoptedDecision> _adopted = new();
    private Task _looking = Task.CompletedTask;

    /// <summary>Begins to look for decisions that somebody still has to be told.</summary>
    public void Start()
    {
        CancellationToken stopping = _stopping.Token;
        _looking = Task.Run(() => LookAsync(stopping), CancellationToken.None);
    }

    /// <summary>Ends the telling. What is not told by now, other silos tell.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task LookAsync(CancellationToken stopping)
    {
        long? searched = null;
        SiloAddress[]? dead = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                ForgetEarly();
                await SettleDoubtsAsync().ConfigureAwait(false);
                if (decisions.MayExist)
                {
                    await decisions.DeleteDoneAsync().ConfigureAwait(false);
                    if (!ReferenceEquals(dead, members.DeadNow) || searched is null
                        || time.GetElapsedTime(searched.Value) >= SearchInterval)
                    {
                        dead = members.DeadNow;
                        await AdoptAsync().ConfigureAwait(false);
                        searched = time.GetTimestamp();
                    }
                }
            }
            catch (Exception exception)
            {
                MixedLog.LookFailed(logger, exception);
            }

            await Task.Delay(LookInterval, time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks the storage about the commits that it had not answered.</summary>
    private async Task SettleDoubtsAsync()
    {
        foreach (ManagedTransaction one in _running.Values)
        {
            if (one.Machine.Phase != ManagerPhase.InDoubt) continue;

            // Without a storage no commit is in doubt.
            TransactionOutcome outcome = await storage.Journal!
                .DecideAsync(one.Id, CancellationToken.None).ConfigureAwait(false);
            Step(one, (machine, effects) =>
                machine.OnDecided(outcome == TransactionOutcome.Committed, effects));
        }
    }

    /// <summary>
    /// Goes on with the decisions of silos that have ended, and with those that this silo has told
    /// everybody and not deleted. To tell one twice does no harm.
    /// </summary>
    private async Task AdoptAsync()
    {
        foreach (StandingDecision each in await decisions.LoadAsync().ConfigureAwait(false))
        {
            if (_running.ContainsKey(each.TransactionId)) continue;
            if (!each.Silo.Equals(members.Here) && members.IsServing(each.Silo)) continue;

            var adopted = new AdoptedDecision(each);
            if (_adopted.TryAdd(each.TransactionId, adopted)) _ = TellAllAsync(adopted);
        }
    }

    private async Task TellAllAsync(AdoptedDecision adopted)
    {
        StandingDecision decision = adopted.Decision;
        bool[] told = await Task.WhenAll(decision.Writers.Select(each => ConfirmAsync(
            decision.TransactionId, decision.TimeStamp, each, adopted.Forgotten.Task)))
            .ConfigureAwait(false);
        _adopted.TryRemove(decision.TransactionId, out _);
        if (!Array.TrueForAll(told, static each => each)) return;

        MixedLog.Adopted(logger, decision.TransactionId, decision.Silo, told.Length);
        decisions.AddDone(decision.TransactionId);
    }

    /// <summary>
    /// Tells one until it has answered, or an operator has the transaction forgotten; false: this
    /// silo stops.
    /// </summary>
    private async Task<bool> ConfirmAsync(
        Guid id, DateTime timeStamp, ParticipantId writer, Task forgotten)
    {
        CancellationToken stopping = _stopping.Token;
        for (TimeSpan pause = BackOff.First;
            !forgotten.IsCompleted;
            pause = BackOff.After(pause, LongestPause))
        {
            try
            {
                Task answer = writer.ConfirmAsync(id, timeStamp);
                if (await Task.WhenAny(answer, forgotten).WaitAsync(stopping).ConfigureAwait(false)
                    == answer)
                {
                    await answer.ConfigureAwait(false);
                    return true;
                }

                answer.Ignore();
            }
            catch (Exception exception)
            {
                if (stopping.IsCancellationRequested) return false;
                MixedLog.NotConfirmed(logger, exception, writer, id);
            }

            await Task.WhenAny(Task.Delay(pause, time, stopping), forgotten).ConfigureAwait(false);
        }

        return true;
    }
}

/// <summary>A decision that this silo goes on with in the place of another one.</summary>
internal sealed record AdoptedDecision(StandingDecision Decision)
{
    /// <summary>Ends when an operator has it forgotten.</summary>
    public TaskCompletionSource Forgotten { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
