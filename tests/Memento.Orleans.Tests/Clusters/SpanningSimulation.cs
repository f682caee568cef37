using Memento.Commit.Spanning;
using Memento.Messages;

namespace Memento.Tests.Clusters;

/// <summary>
/// One commit over several silos under a seeded scheduler: messages come in any order, answers are
/// lost, members refuse, and the coordinator dies at any step. The first silo coordinates and is a
/// member too.
/// </summary>
internal sealed class SpanningSimulation
{
    private readonly SiloAddress[] _silos;
    private readonly SpanningDecider _decider;
    private readonly int _seed;
    private readonly Random _random;
    private readonly SpanningCoordinator _coordinator;
    private readonly Dictionary<SiloAddress, SpanningMember> _members = [];
    private readonly Dictionary<SiloAddress, bool> _ends = [];
    private readonly HashSet<SiloAddress> _refused = [];
    private readonly List<Action> _underWay = [];
    private bool _isCoordinatorDead;
    private bool? _stored;
    private bool? _told;

    public SpanningSimulation(SiloAddress[] silos, SpanningDecider decider, int seed)
    {
        _silos = silos;
        _decider = decider;
        _seed = seed;
        _random = new Random(seed);
        _coordinator = new SpanningCoordinator(silos, decider);
    }

    /// <summary>Runs to the end. Whether the transaction was kept by those that live.</summary>
    public bool Run()
    {
        Step(_coordinator.Begin);
        for (int steps = 0; steps < 1_000; steps++)
        {
            if (!_isCoordinatorDead && _random.Next(40) == 0) Kill();
            if (_underWay.Count > 0 && _random.Next(4) > 0)
            {
                int at = _random.Next(_underWay.Count);
                Action next = _underWay[at];
                _underWay.RemoveAt(at);
                next();
            }
            else
            {
                Look(_silos[_random.Next(_silos.Length)]);
            }

            if (_underWay.Count == 0 && Living.All(IsOver)) return Check();
        }

        Assert.Fail($"Seed {_seed}, {_decider}: it never ends.");
        return false;
    }

    private IEnumerable<SiloAddress> Living => _isCoordinatorDead ? _silos.Skip(1) : _silos;

    private bool IsLost => _random.Next(8) == 0;

    private bool IsOver(SiloAddress silo)
        => _refused.Contains(silo)
            || (_members.TryGetValue(silo, out SpanningMember? member)
                ? member.Phase is not (MemberPhase.Draining or MemberPhase.Sealed
                    or MemberPhase.Promised)
                : _isCoordinatorDead || _coordinator.Phase == CoordinatorPhase.Aborted);

    private bool Check()
    {
        bool[] ends = [.. _ends.Where(each => Living.Contains(each.Key)).Select(
            static each => each.Value)];
        string history = $"seed {_seed}, {_decider}: {string.Join(", ", _ends)}";
        Assert.True(ends.Distinct().Count() <= 1, $"Some have it, some have not; {history}");
        if (_told is { } told && ends.Length > 0)
            Assert.True(told == ends[0], $"The caller was told {told}; {history}");
        if (_stored is { } stored && ends.Length > 0)
            Assert.True(stored == ends[0], $"The storage has {stored}; {history}");
        return ends.Contains(true);
    }

    private void Kill()
    {
        _isCoordinatorDead = true;
        _refused.Add(_silos[0]);
    }

    private void Step(Action<List<CoordinatorEffect>> step)
    {
        if (_isCoordinatorDead) return;
        List<CoordinatorEffect> effects = [];
        step(effects);
        foreach (CoordinatorEffect effect in effects)
            Begin(effect);
    }

    private void Begin(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case CoordinatorEffect.Seal seal:
                _underWay.Add(() => Seal(seal.Member));
                break;
            case CoordinatorEffect.Append:
                _underWay.Add(Append);
                break;
            case CoordinatorEffect.Settle settle:
                _underWay.Add(() => Settle(settle.Member, settle.IsCommitted));
                break;
            case CoordinatorEffect.Complete complete:
                _told = complete.Result.IsCommitted;
                break;
        }
    }

    /// <summary>The message has arrived; its answer may be lost, or late.</summary>
    private void Seal(SiloAddress silo)
    {
        if (_refused.Contains(silo)) return;
        if (_random.Next(12) == 0)
        {
            _refused.Add(silo);
            _underWay.Add(() => Refused(maySeal: false));
            return;
        }

        var member = new SpanningMember(_decider);
        _members[silo] = member;
        _underWay.Add(() =>
        {
            bool isSealed = Do(silo, effects => member.OnDurable(hasChanges: true, effects));
            if (isSealed && !IsLost)
                _underWay.Add(() => Step(effects => _coordinator.OnSealed(silo, true, effects)));
            else
                _underWay.Add(() => Refused(maySeal: true));
        });

        void Refused(bool maySeal) => Step(effects => _coordinator.OnRefused(
            silo, CommitResult.TryAgain("refused"), maySeal, effects));
    }

    private void Append()
    {
        // It was sent by a silo that may be dead by now.
        _stored ??= _random.Next(10) > 0;
        bool isKept = _stored.Value;
        _underWay.Add(() => Step(effects => _coordinator.OnAppended(
            isKept ? CommitResult.Committed : CommitResult.TryAgain("not kept"), effects)));
    }

    private void Settle(SiloAddress silo, bool isCommitted)
    {
        if (_members.TryGetValue(silo, out SpanningMember? member) && IsAlive(silo))
            Do(silo, effects => member.OnSettle(isCommitted, byMembers: false, effects));
        if (IsLost)
            _underWay.Add(() => Settle(silo, isCommitted));
        else
            _underWay.Add(() => Step(effects => _coordinator.OnTold(silo, effects)));
    }

    private void Look(SiloAddress silo)
    {
        if (!IsAlive(silo) || !_members.TryGetValue(silo, out SpanningMember? member)) return;
        if (silo.Equals(_silos[0])) return;
        List<MemberEffect> asks = [];
        member.OnSilence(_isCoordinatorDead, isUnreachable: false, asks);
        while (asks.Count > 0)
        {
            List<MemberEffect> now = asks;
            asks = [];
            foreach (MemberEffect each in now)
                Ask(silo, member, each, asks);
        }
    }

    private void Ask(
        SiloAddress silo, SpanningMember member, MemberEffect ask, List<MemberEffect> asks)
    {
        switch (ask)
        {
            case MemberEffect.AskCoordinator:
                Do(silo, effects =>
                {
                    member.OnCoordinatorAnswer(_coordinator.Answer, effects);
                    asks.AddRange(effects.Where(
                        static each => each >= MemberEffect.AskCoordinator));
                    return true;
                });
                break;
            case MemberEffect.AskStorage:
                _stored ??= false;
                Do(silo, effects =>
                {
                    member.OnStorageDecided(_stored.Value, effects);
                    return true;
                });
                break;
            case MemberEffect.AskMembers:
                AskMembers(silo);
                break;
        }
    }

    private void AskMembers(SiloAddress silo)
    {
        SiloAddress[] others = [.. Living.Where(each => !each.Equals(silo)).Order()];
        MemberAnswer?[] answers = [.. others.Select(AskOne)];
        int lower = others.Count(each => each.CompareTo(silo) < 0);
        if (SpanningMember.IsOthersTurn(answers[..lower])) return;
        if (SpanningMember.Decide(answers) is not { } isCommitted) return;
        foreach (SiloAddress each in others.Prepend(silo))
        {
            if (_members.TryGetValue(each, out SpanningMember? member))
                Do(each, effects => member.OnSettle(isCommitted, byMembers: true, effects));
        }
    }

    private MemberAnswer? AskOne(SiloAddress silo)
    {
        if (IsLost) return null;
        if (_members.TryGetValue(silo, out SpanningMember? member))
            return Do(silo, member.OnAskedByMember);
        _refused.Add(silo);
        return MemberAnswer.Unknown;
    }

    private bool IsAlive(SiloAddress silo) => !_isCoordinatorDead || !silo.Equals(_silos[0]);

    private TResult Do<TResult>(SiloAddress silo, Func<List<MemberEffect>, TResult> step)
    {
        List<MemberEffect> effects = [];
        TResult result = step(effects);
        foreach (MemberEffect effect in effects)
        {
            if (effect is MemberEffect.Apply) _ends.Add(silo, true);
            if (effect is MemberEffect.Abort) _ends.Add(silo, false);
        }

        return result;
    }
}
