using System.Text;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Tests.TwoPhase;

/// <summary>A bug that is planted on purpose.</summary>
public enum VoterFault
{
    None = 0,
    VotesBeforeItIsDurable = 1,
    AppliesBeforeItIsDurable = 2,
    DropsByItsClock = 3,
}

/// <summary>
/// One transaction in one to three partitions and a model of Orleans' manager: it counts votes by
/// messages, keeps what it has committed until each writer has answered, and calls aborted what it
/// does not know.
/// </summary>
internal sealed class VoterSimulation
{
    private readonly Random _random;
    private readonly List<Part> _parts = [];
    private readonly List<(string What, Action Deliver)> _messages = [];
    private readonly StringBuilder _story = new();

    // The manager. What is durable outlives its crashes.
    private readonly HashSet<Part> _unconfirmed = [];
    private bool _isDecided;
    private bool _isCommitted;
    private bool _isOver;
    private bool _hasBegun;
    private int _votes;

    public VoterSimulation(int seed)
    {
        _random = new Random(seed);
        int count = _random.Next(1, 4);
        for (int i = 0; i < count; i++)
            _parts.Add(new Part($"partition {i}", writes: i == 0 || _random.Next(3) > 0));
    }

    public VoterFault Fault { get; init; }

    public string Story => _story.ToString();

    /// <summary>Whether the transaction was committed.</summary>
    public bool Run()
    {
        _hasBegun = true;
        foreach (Part part in _parts)
            Send($"prepare of {part.Name}", () => Prepare(part));
        for (int i = 0; i < 60; i++)
            Disturb();

        // From here on nothing is lost, and the manager and the partitions end it.
        for (int i = 0; i < 1000 && !IsQuiet(); i++)
        {
            if (_messages.Count > 0)
                DeliverAny();
            else
                Wake();
        }

        Check();
        return _isCommitted;
    }

    private void Disturb()
    {
        switch (_random.Next(20))
        {
            case 0:
                CrashManager();
                break;
            case 1 or 2:
                Crash(_parts[_random.Next(_parts.Count)]);
                break;
            case 3 or 4:
                Wake();
                break;
            case 5 when _messages.Count > 0:
                int lost = _random.Next(_messages.Count);
                if (!_messages[lost].What.StartsWith("storage", StringComparison.Ordinal))
                {
                    Tell($"{_messages[lost].What} is lost");
                    _messages.RemoveAt(lost);
                }

                break;
            case 6 when _messages.Count > 0:
                (string What, Action Deliver) doubled = _messages[_random.Next(_messages.Count)];
                if (doubled.What.StartsWith("confirm", StringComparison.Ordinal)
                    || doubled.What.StartsWith("cancel", StringComparison.Ordinal))
                {
                    _messages.Add(doubled);
                }

                break;
            case 7 when !_isDecided:
                Tell("the manager has waited long enough");
                Decide(isCommitted: false);
                break;
            default:
                if (_messages.Count > 0) DeliverAny();
                break;
        }
    }

    private void DeliverAny()
    {
        int next = _random.Next(_messages.Count);
        (string what, Action deliver) = _messages[next];
        _messages.RemoveAt(next);
        Tell(what);
        deliver();
    }

    /// <summary>Time passes: who waits asks, and who is not answered repeats it.</summary>
    private void Wake()
    {
        if (!_isDecided && _messages.Count == 0) Decide(isCommitted: false);
        foreach (Part part in _parts)
        {
            if (Fault == VoterFault.DropsByItsClock && part.Voter?.Phase == VoterPhase.Prepared)
                Step(part, static (voter, effects) => voter.OnCancel(effects));
            else
                Step(part, static (voter, effects) => voter.OnSilence(effects));
        }

        if (!_isCommitted || _isOver) return;

        foreach (Part part in _unconfirmed.ToArray())
            Send($"confirm of {part.Name}", () => Confirm(part));
    }

    private void Prepare(Part part)
    {
        // What a crash has left is of no transaction that runs.
        if (part.Voter is null)
        {
            if (!part.HasRow) Send($"vote of {part.Name}", () => Vote(part, isFor: false));
            return;
        }

        Step(part, (voter, effects) =>
            voter.OnPrepare(TransactionalStatus.Ok, part.Writes, effects));
    }

    private void Confirm(Part part)
    {
        if (part.Voter is null)
        {
            Send($"answer of {part.Name}", () => Confirmed(part));
            return;
        }

        Step(part, static (voter, effects) => voter.OnConfirm(effects));
    }

    private void Vote(Part part, bool isFor)
    {
        if (_isDecided || !_hasBegun) return;
        if (isFor && ++_votes == _parts.Count)
            Decide(isCommitted: true);
        else if (!isFor)
            Decide(isCommitted: false);
    }

    private void Decide(bool isCommitted)
    {
        (_isDecided, _isCommitted) = (true, isCommitted);
        foreach (Part part in _parts.Where(static each => each.Writes))
        {
            if (isCommitted)
            {
                _unconfirmed.Add(part);
                Send($"confirm of {part.Name}", () => Confirm(part));
            }
            else
            {
                Send($"cancel of {part.Name}", () => Cancel(part));
            }
        }
    }

    private void Cancel(Part part)
        => Step(part, static (voter, effects) => voter.OnCancel(effects));

    private void Confirmed(Part part)
    {
        if (_unconfirmed.Remove(part) && _unconfirmed.Count == 0) _isOver = true;
    }

    private void Ping(Part part)
    {
        // While it votes, or tells what is committed, it has nothing to say.
        if (!_isDecided || (_isCommitted && !_isOver)) return;

        Send($"cancel of {part.Name}", () => Cancel(part));
    }

    private void CrashManager()
    {
        Tell("the manager crashes");
        _hasBegun = false;
        if (!_isDecided) (_isDecided, _isCommitted) = (true, false);
    }

    private void Crash(Part part)
    {
        Tell($"{part.Name} crashes");
        part.Life++;
        part.IsLocked = false;
        part.Voter = null;
        if (!part.HasRow) return;

        part.Voter = new Voter();
        part.IsLocked = true;
        Step(part, static (voter, _) => voter.OnRestored());
    }

    private void Step(Part part, Action<Voter, List<VoterEffect>> step)
    {
        if (part.Voter is not { } voter) return;

        List<VoterEffect> effects = [];
        step(voter, effects);
        int life = part.Life;
        foreach (VoterEffect effect in effects)
        {
            switch (effect)
            {
                case VoterEffect.Persist:
                    if (Fault == VoterFault.VotesBeforeItIsDurable)
                        Send($"vote of {part.Name}", () => Vote(part, isFor: true));
                    Store(part, "prepares", () => part.HasRow = part.Writes);
                    break;
                case VoterEffect.Commit:
                    if (Fault == VoterFault.AppliesBeforeItIsDurable)
                        Send($"answer of {part.Name}", () => Confirmed(part));
                    Store(part, "commits", () =>
                    {
                        part.HasRow = false;
                        part.Stored++;
                    });
                    break;
                case VoterEffect.Forget:
                    Store(part, "forgets", () => part.HasRow = false);
                    break;
                case VoterEffect.Vote:
                    bool isFor = voter.Vote == TransactionalStatus.Ok;
                    part.HasVoted |= isFor;
                    Send($"vote of {part.Name}", () => Vote(part, isFor));
                    break;
                case VoterEffect.Ping:
                    Send($"ping of {part.Name}", () => Ping(part));
                    break;
                case VoterEffect.Confirmed:
                    Send($"answer of {part.Name}", () => Confirmed(part));
                    break;
                case VoterEffect.Apply or VoterEffect.Release or VoterEffect.Drop:
                    Assert.True(part.IsLocked, $"{part.Name} ends once");
                    part.IsLocked = false;
                    part.Voter = null;
                    break;
            }
        }

        Assert.Equal(life, part.Life);
    }

    /// <summary>A write is durable, fails, or fails and is durable all the same.</summary>
    private void Store(Part part, string what, Action change)
    {
        int life = part.Life;
        Send($"storage: {part.Name} {what}", () =>
        {
            // The next owner has raised the owner number.
            if (part.Life != life) return;

            int luck = _random.Next(12);
            if (luck != 0) change();
            TransactionalStatus failure =
                luck < 2 ? TransactionalStatus.CommitFailure : TransactionalStatus.Ok;
            Step(part, (voter, effects) => voter.OnPersisted(failure, effects));
        });
    }

    private bool IsQuiet()
        => _messages.Count == 0 && _isDecided
            && (!_isCommitted || _isOver || _unconfirmed.Count == 0)
            && _parts.All(static each => !each.HasRow
                && each.Voter is null or { Phase: VoterPhase.Open });

    private void Check()
    {
        Assert.True(IsQuiet(), "it ends");
        foreach (Part part in _parts)
        {
            int expected = _isCommitted && part.Writes ? 1 : 0;
            if (expected == 0)
                Assert.Equal(0, part.Stored);
            else
                Assert.InRange(part.Stored, 1, int.MaxValue);
            Assert.False(part.HasRow, $"{part.Name} has no prepared row any more");
            if (_isCommitted) Assert.True(part.HasVoted, $"{part.Name} has voted");
        }
    }

    private void Send(string what, Action deliver) => _messages.Add((what, deliver));

    private void Tell(string what) => _story.AppendLine(what);

    private sealed class Part(string name, bool writes)
    {
        public string Name { get; } = name;

        public bool Writes { get; } = writes;

        public Voter? Voter { get; set; } = new();

        public bool IsLocked { get; set; } = true;

        /// <summary>Whether the storage has it as prepared.</summary>
        public bool HasRow { get; set; }

        /// <summary>How often its writes were stored: the same rows, also twice.</summary>
        public int Stored { get; set; }

        public bool HasVoted { get; set; }

        /// <summary>Counts its owners.</summary>
        public int Life { get; set; }
    }
}
