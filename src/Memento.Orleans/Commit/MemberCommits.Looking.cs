using Memento.Commit.Spanning;
using Memento.Messages;
using Memento.Participants;
using Memento.Storage;

namespace Memento.Commit;

/// <content>Finding out decisions that nobody tells.</content>
internal sealed partial class MemberCommits
{
    /// <summary>
    /// Looks for the decisions of transactions of which nothing was heard for a while, and ends
    /// those whose caller has died before its commit.
    /// </summary>
    public async Task LookAsync()
    {
        EndOrphans();
        long now = time.GetTimestamp();
        List<Task> looks = [];
        foreach (SealedTransaction one in _sealed.Values)
        {
            if (one.IsOwn || time.GetElapsedTime(one.HeardAt, now) < Patience) continue;
            if (one.TryBeginLook()) looks.Add(LookAsync(one, now));
        }

        await Task.WhenAll(looks).ConfigureAwait(false);
    }

    /// <summary>
    /// The body has died with its silo. What it holds here is freed at once, and not only at its
    /// time limit. One that is sealed waits for its decision.
    /// </summary>
    private void EndOrphans()
    {
        foreach (TransactionState each in registry.GetRunning())
        {
            if (each.Caller is not { } caller || !members.IsDead(caller)) continue;

            registry.TryAbort(each, new TransactionConflictException(
                $"Silo {caller}, which runs transaction {each.Id}, has died."));
        }
    }

    private async Task LookAsync(SealedTransaction one, long now)
    {
        try
        {
            SiloAddress coordinator = one.Request.Coordinator;
            List<MemberEffect> effects = [];
            Step(one, (member, _) =>
            {
                member.OnSilence(
                    members.IsDead(coordinator),
                    time.GetElapsedTime(one.HeardAt, now) >= LongestSilence,
                    effects);
                return true;
            });
            while (effects.Count > 0)
            {
                List<MemberEffect> next = [];
                foreach (MemberEffect effect in effects)
                    await AskAsync(one, effect, next).ConfigureAwait(false);
                effects = next;
            }
        }
        catch (Exception exception)
        {
            // The next look tries again: the locks stay until the decision is known.
            SpanningLog.StillUndecided(logger, exception, one.Request.TransactionId);
        }
        finally
        {
            one.EndLook();
        }
    }

    private async Task AskAsync(SealedTransaction one, MemberEffect effect, List<MemberEffect> next)
    {
        Guid id = one.Request.TransactionId;
        switch (effect)
        {
            case MemberEffect.AskCoordinator:
                MemberAnswer answer = await members.AskAsync(
                    one.Request.Coordinator, new AskRequest(id, ForMembers: false))
                    .ConfigureAwait(false);
                one.HeardAt = time.GetTimestamp();
                await StepAndAskAsync(one, next, (member, effects) =>
                    member.OnCoordinatorAnswer(answer, effects)).ConfigureAwait(false);
                break;
            case MemberEffect.AskStorage:
                TransactionOutcome outcome = await storage.Journal!
                    .DecideAsync(id, CancellationToken.None).ConfigureAwait(false);
                SpanningLog.Decided(logger, id, one.Request.Coordinator, outcome);
                await StepAndAskAsync(one, next, (member, effects) =>
                {
                    bool isCommitted = outcome == TransactionOutcome.Committed;
                    if (isCommitted) RememberAlone(id);
                    member.OnStorageDecided(isCommitted, effects);
                }).ConfigureAwait(false);
                break;
            case MemberEffect.AskMembers:
                await AskMembersAsync(one).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>
    /// The lowest member that lives and waits asks the others, and tells them what follows. Only
    /// one asks at a time, so that the death of one that has committed cannot be seen by one, and
    /// not by another.
    /// </summary>
    private async Task AskMembersAsync(SealedTransaction one)
    {
        Guid id = one.Request.TransactionId;
        SiloAddress[] living =
            [.. one.Request.Members.Where(each => !members.IsDead(each)).Order()];
        SiloAddress[] others = [.. living.Where(each => !each.Equals(members.Here))];
        MemberAnswer?[] answers = await Task.WhenAll(others.Select(AskAsync))
            .ConfigureAwait(false);
        int lower = living.IndexOf(members.Here);
        if (SpanningMember.IsOthersTurn(answers[..lower])) return;
        if (SpanningMember.Decide(answers) is not { } isCommitted) return;

        var decision = new SettleRequest(id, isCommitted, ByMembers: true);
        await SettleAsync(decision).ConfigureAwait(false);
        SpanningLog.Decided(
            logger,
            id,
            one.Request.Coordinator,
            isCommitted ? TransactionOutcome.Committed : TransactionOutcome.Aborted);
        await Task.WhenAll(others.Select(each => members.SettleAsync(each, decision)))
            .ConfigureAwait(false);

        async Task<MemberAnswer?> AskAsync(SiloAddress member)
        {
            try
            {
                return await members.AskAsync(member, new AskRequest(id, ForMembers: true))
                    .ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                SpanningLog.StillUndecided(logger, exception, id);
                return null;
            }
        }
    }

    private async ValueTask StepAndAskAsync(
        SealedTransaction one,
        List<MemberEffect> asks,
        Action<SpanningMember, List<MemberEffect>> step)
    {
        int place = await latch.EnterAsync().ConfigureAwait(false);
        try
        {
            Step(one, (member, effects) =>
            {
                step(member, effects);
                asks.AddRange(effects.Where(static each => each >= MemberEffect.AskCoordinator));
                return true;
            });
        }
        finally
        {
            latch.Exit(place);
        }
    }
}
