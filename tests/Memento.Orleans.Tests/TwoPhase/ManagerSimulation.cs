using Memento.Invariants;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Tests.TwoPhase;

/// <summary>A bug that the simulation is to find.</summary>
internal enum PlantedBug
{
    None = 0,

    /// <summary>A vote that comes twice counts twice.</summary>
    CountsMessages = 1,

    /// <summary>The decision is told before the storage has it.</summary>
    TellsEarly = 2,

    /// <summary>A manager that has died is taken for one that has aborted.</summary>
    PresumesAbort = 3,

    /// <summary>The decision is deleted when the first has answered.</summary>
    ForgetsEarly = 4,

    /// <summary>A commit in doubt is cancelled.</summary>
    CancelsDoubt = 5,
}

/// <summary>
/// A manager, the storage, and participants of others, on one thread under a seed: messages are
/// lost, doubled, late and out of order, and the manager dies at any step.
/// </summary>
internal sealed class ManagerSimulation(int seed, PlantedBug bug)
{
    private readonly Random _random = new(seed);
    private readonly List<(string Text, Action Deliver)> _messages = [];
    private readonly List<string> _told = [];
    private readonly Dictionary<string, State> _writers = [];
    private Manager<string>? _machine;
    private bool _isInBatch;
    private bool _standsDecided;
    private bool? _outcome;
    private bool? _known;
    private int _votes;

    private enum State
    {
        Running,
        Prepared,
        Confirmed,
        Cancelled,
    }

    /// <summary>Runs it; what is wrong, or null.</summary>
    public string? Run()
    {
        int count = _random.Next(1, 4);
        for (int i = 0; i < count; i++)
            _writers.Add($"{i}", State.Running);
        _machine = new Manager<string>(count, _writers.Keys.ToArray());
        foreach (string each in _writers.Keys)
            Send($"prepare {each}", () => Prepare(each));
        Step(static (machine, effects) => machine.Begin(effects));
        for (int step = 0; step < 60; step++)
        {
            int choice = _random.Next(20);
            if (choice == 0 && _machine is not null)
                Die();
            else if (choice == 1)
                Step(static (machine, effects) => machine.OnSilence(effects));
            else if (choice == 2)
                Ping();
            else if (choice == 3)
                EndBatch();
            else
                Deliver();
        }

        // Nothing is lost any more.
        for (int round = 0; round < 20; round++)
        {
            EndBatch();
            while (_messages.Count > 0)
                Deliver(isLossy: false);
            Step(static (machine, effects) => machine.OnSilence(effects));
            foreach (string each in _writers.Keys)
                Send($"ping {each}", () => OnPing(each));
            foreach (string each in _machine?.Unconfirmed ?? [])
                Send($"confirm {each}", () => Confirm(each));
            Adopt();
        }

        bool isCommitted = _outcome == true;
        foreach ((string writer, State state) in _writers)
        {
            bool isRight = state switch
            {
                State.Confirmed => isCommitted,
                State.Cancelled or State.Running => !isCommitted,
                _ => false,
            };
            if (!isRight) return Tell($"{writer} is {state}, and the storage says {_outcome}");
        }

        return _standsDecided ? Tell("the decision is kept for ever") : null;
    }

    /// <summary>Whether anything is wrong: an invariant of the machine counts, too.</summary>
    public bool IsWrong()
    {
        try
        {
            return Run() is not null;
        }
        catch (BrokenInvariantException)
        {
            return true;
        }
    }

    private string Tell(string what)
        => $"seed {seed}: {what}. {string.Join("; ", _told)}";

    private void Step(Action<Manager<string>, List<ManagerEffect<string>>> step)
    {
        if (_machine is null) return;

        List<ManagerEffect<string>> effects = [];
        step(_machine, effects);
        foreach (ManagerEffect<string> effect in effects)
        {
            _told.Add($"{effect}");
            switch (effect)
            {
                case ManagerEffect<string>.Commit:
                    _isInBatch = true;
                    if (bug == PlantedBug.TellsEarly)
                        Step(static (machine, more) => machine.OnDecided(true, more));
                    break;
                case ManagerEffect<string>.Confirm confirm:
                    Send($"confirm {confirm.Writer}", () => Confirm(confirm.Writer));
                    break;
                case ManagerEffect<string>.Cancel cancel:
                    Send($"cancel {cancel.Writer}", () => Cancel(cancel.Writer));
                    break;
                case ManagerEffect<string>.Forget:
                    Forget();
                    break;
            }
        }
    }

    /// <summary>The storage keeps the batch or refuses it, and may not say which.</summary>
    private void EndBatch()
    {
        if (!_isInBatch) return;

        _isInBatch = false;
        _outcome ??= _random.Next(4) > 0;
        _known = _outcome;
        _standsDecided = _outcome.Value;
        _told.Add($"the storage: {_outcome}");
        if (_random.Next(3) == 0)
        {
            Step(static (machine, effects) => machine.OnInDoubt(effects));
            if (bug == PlantedBug.CancelsDoubt)
            {
                Step(static (machine, effects) => machine.OnDecided(false, effects));
                return;
            }

            Send("settled", () => Step((machine, effects) =>
                machine.OnDecided(_outcome.Value, effects)), mayBeLost: false);
            return;
        }

        if (bug != PlantedBug.TellsEarly)
            Step((machine, effects) => machine.OnDecided(_outcome.Value, effects));
    }

    private void Die()
    {
        _told.Add("the manager dies");
        _machine = null;
    }

    /// <summary>Another silo goes on with a decision that stands.</summary>
    private void Adopt()
    {
        if (_machine is not null || !_standsDecided) return;

        foreach (string each in _writers.Keys)
            Confirm(each);
        Forget();
    }

    /// <summary>The decision is deleted; the outcome is forgotten some time later.</summary>
    private void Forget()
    {
        _standsDecided = false;
        if (_random.Next(2) == 0) _known = null;
    }

    private void Prepare(string writer)
    {
        if (_writers[writer] != State.Running) return;

        if (_random.Next(12) == 0)
        {
            _writers[writer] = State.Cancelled;
            Send($"vote against by {writer}", () => Step((machine, effects) =>
                machine.OnVote(writer, TransactionalStatus.BrokenLock, effects)));
            return;
        }

        _writers[writer] = State.Prepared;
        Send($"vote of {writer}", () => Step((machine, effects) => machine.OnVote(
            bug == PlantedBug.CountsMessages ? $"{_votes++}" : writer,
            TransactionalStatus.Ok,
            effects)));
    }

    private void Ping()
    {
        string writer = $"{_random.Next(_writers.Count)}";
        if (_writers[writer] == State.Prepared) Send($"ping {writer}", () => OnPing(writer));
    }

    private void OnPing(string writer)
    {
        if (_writers[writer] != State.Prepared) return;
        if (_machine is { IsOver: false } or { Phase: ManagerPhase.Aborted })
        {
            if (_machine.Phase == ManagerPhase.Committed)
                Send($"confirm {writer}", () => Confirm(writer));
            Step((machine, effects) => machine.OnPing(writer, effects));
            return;
        }

        // Nobody runs it: the storage decides, once, and what it has recorded, no batch changes.
        if (bug == PlantedBug.PresumesAbort)
        {
            Send($"cancel {writer}", () => Cancel(writer));
            return;
        }

        if (!_standsDecided)
        {
            _outcome ??= false;
            _known ??= false;
        }

        if (_standsDecided || _known == true)
            Send($"confirm {writer}", () => Confirm(writer));
        else
            Send($"cancel {writer}", () => Cancel(writer));
    }

    private void Confirm(string writer)
    {
        if (_writers[writer] == State.Prepared) _writers[writer] = State.Confirmed;
        if (bug == PlantedBug.ForgetsEarly) Forget();

        Send($"confirmed by {writer}", () => Step((machine, effects) =>
        {
            if (machine.Phase == ManagerPhase.Committed) machine.OnConfirmed(writer, effects);
        }));
    }

    private void Cancel(string writer)
    {
        if (_writers[writer] is State.Prepared or State.Running) _writers[writer] = State.Cancelled;
    }

    private void Send(string text, Action deliver, bool mayBeLost = true)
        => _messages.Add((mayBeLost ? text : $"!{text}", deliver));

    private void Deliver(bool isLossy = true)
    {
        if (_messages.Count == 0) return;

        int index = _random.Next(_messages.Count);
        (string text, Action deliver) = _messages[index];
        bool isDoubled = isLossy && _random.Next(8) == 0;
        if (!isDoubled) _messages.RemoveAt(index);
        if (isLossy && text[0] != '!' && _random.Next(8) == 0)
        {
            _told.Add($"{text} is lost");
            return;
        }

        _told.Add(text);
        deliver();
    }
}
