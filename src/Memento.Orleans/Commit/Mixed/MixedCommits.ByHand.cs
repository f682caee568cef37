using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <content>What an operator sees of these transactions, and may decide.</content>
internal sealed partial class MixedCommits
{
    /// <inheritdoc/>
    public IEnumerable<UndecidedTransaction> Describe()
    {
        List<UndecidedTransaction> all = [];
        foreach (ManagedTransaction one in _running.Values)
        {
            lock (one.Gate)
            {
                if (StateOf(one.Machine.Phase) is { } state)
                {
                    all.Add(Describe(
                        one.Id,
                        state,
                        one.TimeStamp,
                        one.Own.Select(static each => $"{each.Table}/{each.Number}"),
                        state == UndecidedState.Telling ? one.Machine.Unconfirmed : one.Writers));
                }
            }
        }

        foreach (AdoptedDecision adopted in _adopted.Values)
        {
            StandingDecision each = adopted.Decision;
            all.Add(Describe(
                each.TransactionId, UndecidedState.Telling, each.TimeStamp, [], each.Writers));
        }

        return all;
    }

    /// <inheritdoc/>
    public Task<bool> DecideAsync(Guid id, TransactionDecision decision)
        => Task.FromResult(decision == TransactionDecision.Forget && TryForget(id));

    private bool TryForget(Guid id)
    {
        if (_adopted.TryGetValue(id, out AdoptedDecision? adopted))
            adopted.Forgotten.TrySetResult();
        else if (_running.TryGetValue(id, out ManagedTransaction? one)
            && one.Machine.Phase == ManagerPhase.Committed)
            one.Forget();
        else
            return false;

        MixedLog.Forgotten(logger, id);
        return true;
    }

    private UndecidedTransaction Describe(
        Guid id,
        UndecidedState state,
        DateTime timeStamp,
        IEnumerable<string> partitions,
        IEnumerable<ParticipantId> waitsFor)
        => new()
        {
            Id = id,
            Silo = members.Here.ToString(),
            State = state,
            Since = new DateTimeOffset(timeStamp.Ticks, TimeSpan.Zero),
            Partitions = [.. partitions],
            WaitsFor = [.. waitsFor.Select(static each => each.Reference.GrainId.ToString())],
        };

    private static UndecidedState? StateOf(ManagerPhase phase) => phase switch
    {
        ManagerPhase.Voting => UndecidedState.Voting,
        ManagerPhase.InDoubt => UndecidedState.InDoubt,
        ManagerPhase.Committed => UndecidedState.Telling,
        _ => null,
    };
}
