using Memento.Locks;
using static Memento.Tests.Locks.Simulation.SimulationFailedException;

namespace Memento.Tests.Locks.Simulation;

/// <summary>
/// One schedule: a few transactions over a few partitions, every choice drawn from the seed.
/// Releases travel to each partition by themselves, so that an attempt may start while its
/// predecessor still has locks elsewhere.
/// </summary>
internal sealed class LockSimulation
{
    /// <summary>
    /// Schedules take tens of steps; the longest of some hundred thousand took less than 300. A
    /// schedule with this many steps makes no progress.
    /// </summary>
    public const int StepLimit = 4_000;

    // Few different ones, so that ages are often told apart by the first attempt alone.
    private const int FewAges = 4;
    private const int ManyAges = 16;

    private readonly SeededRandom _random;
    private readonly SimulationFault _fault;
    private readonly SimulationCounts _counts;
    private readonly List<string>? _trace;
    private readonly SimulatedPartition[] _partitions;
    private readonly SimulatedTransaction[] _transactions;
    private readonly List<SimulatedCall> _runnable = [];
    private readonly List<(SimulatedAttempt Attempt, int Partition)> _releases = [];
    private readonly int _disturbedOneIn;
    private readonly int _ages;
    private int _attempts;
    private int _step;

    public LockSimulation(
        ulong seed, SimulationFault fault, SimulationCounts counts, List<string>? trace = null)
    {
        _random = new SeededRandom(seed);
        _fault = fault;
        _counts = counts;
        _trace = trace;
        _disturbedOneIn = _random.OneIn(2) ? _random.Between(8, 40) : int.MaxValue;

        // To be passed, and refused for it, takes several that wait for different ones already.
        bool isCrowded = _random.OneIn(8);
        _ages = isCrowded ? ManyAges : FewAges;
        bool isOne = isCrowded || _random.OneIn(2);
        _partitions = new SimulatedPartition[isOne ? 1 : _random.Between(2, 3)];
        for (int number = 0; number < _partitions.Length; number++)
        {
            _partitions[number] = new SimulatedPartition(
                number,
                watchesOrder: fault != SimulationFault.AgesDifferUnwatched,
                shortensRanges: fault == SimulationFault.RangesAreShort);
        }

        int keys = _random.Between(1, SimulatedResource.MostKeys);
        var scripts = new ScriptWriter(_random, _partitions.Length, keys, isCrowded);
        _transactions = new SimulatedTransaction[
            isCrowded ? _random.Between(6, 9) : _random.Between(2, 5)];

        // Only an older one waits: where the older come later, queues grow long.
        int delayByAge = _random.OneIn(3) ? 0 : _random.Between(2, 6);
        for (int number = 0; number < _transactions.Length; number++)
        {
            TransactionAge age = NewAge();
            _transactions[number] = new SimulatedTransaction(age, scripts.Write())
            {
                WakesAt = _random.Below(4) + ((_ages - (int)age.StartTicks) * delayByAge),
            };
        }
    }

    public void Run()
    {
        while (!IsOver())
        {
            Unless(++_step < StepLimit, "no end after very many steps");
            StartAttempts();
            if (_random.OneIn(_disturbedOneIn))
                Disturb();
            else
                Proceed();
        }

        foreach (SimulatedPartition partition in _partitions)
            partition.CheckIdle();
        _counts.MostSteps = Math.Max(_counts.MostSteps, _step);
    }

    public string Describe()
        => string.Join(Environment.NewLine, _partitions.Select(partition => partition.Describe()));

    private bool IsOver()
        => _releases.Count == 0 && Array.TrueForAll(_transactions, one => one.IsFinished);

    private TransactionAge NewAge()
        => new(_random.Below(_ages), SimulatedAttempt.MakeId((uint)_random.Next(), 0));

    private void StartAttempts()
    {
        foreach (SimulatedTransaction transaction in _transactions)
        {
            if (transaction.IsFinished || transaction.Attempt is not null
                || transaction.WakesAt > _step)
            {
                continue;
            }

            SimulatedAttempt attempt = new(
                transaction, _attempts++, _partitions.Length, (uint)_random.Next());
            transaction.Attempt = attempt;
            StartLine(attempt);
            _trace?.Add($"attempt {attempt.Index} starts, {transaction.Age}");
        }
    }

    private static void StartLine(SimulatedAttempt attempt)
    {
        attempt.Calls.Clear();
        foreach (SimulatedStep[] steps in attempt.Transaction.Script[attempt.Line])
            attempt.Calls.Add(new SimulatedCall(attempt, steps));
    }

    /// <summary>Lets one of all that could happen next happen.</summary>
    private void Proceed()
    {
        _runnable.Clear();
        bool isAsleep = false;
        foreach (SimulatedTransaction transaction in _transactions)
        {
            if (transaction.Attempt is null)
            {
                isAsleep |= !transaction.IsFinished;
                continue;
            }

            foreach (SimulatedCall call in transaction.Attempt.Calls)
            {
                if (call.IsRunnable) _runnable.Add(call);
            }
        }

        int choices = _runnable.Count + _releases.Count;
        if (choices == 0)
        {
            Unless(isAsleep, "nobody can go on: all wait");
            return;
        }

        int choice = _random.Below(choices);
        if (choice < _runnable.Count)
            Take(_runnable[choice]);
        else
            DeliverRelease(choice - _runnable.Count);
    }

    private void Take(SimulatedCall call)
    {
        SimulatedAttempt attempt = call.Attempt;
        SimulatedStep step = call.Current;
        SimulatedPartition partition = _partitions[step.Partition];
        if (step.IsAtOnce)
        {
            bool isTaken = partition.TryAcquire(call, OwnerOf(attempt, step.Partition));
            _trace?.Add($"attempt {attempt.Index} asks {step}: {isTaken}");
            if (isTaken)
                _counts.TakenAtOnce++;
            else
                _counts.LeftOut++;
            Advance(call);
            return;
        }

        LockAnswer answer = partition.Acquire(call, OwnerOf(attempt, step.Partition));
        _trace?.Add($"attempt {attempt.Index} asks {step}: {answer}");
        Resume(partition);
        switch (answer)
        {
            case LockAnswer.Granted:
                _counts.Grants++;
                Advance(call);
                break;
            case LockAnswer.Waiting:
                _counts.Waits++;
                if (SimulatedResource.All[step.Resource].IsRange) _counts.RangeWaits++;
                break;
            default:
                _counts.Refusals++;
                End(attempt, isFinal: false);
                break;
        }
    }

    private LockOwner OwnerOf(SimulatedAttempt attempt, int partition)
    {
        if (attempt.Owners[partition] is { } owner) return owner;

        bool agesDiffer =
            _fault is SimulationFault.AgesDiffer or SimulationFault.AgesDifferUnwatched;
        owner = new LockOwner(attempt.Id, agesDiffer ? NewAge() : attempt.Transaction.Age);
        attempt.Owners[partition] = owner;
        return owner;
    }

    /// <summary>Wakes the requests that a call to a partition resumed.</summary>
    private void Resume(SimulatedPartition partition)
    {
        foreach (LockRequest request in partition.Resumed)
        {
            var call = (SimulatedCall)request.Waiter!;
            _trace?.Add($"  attempt {call.Attempt.Index}: {request.Resource} {request.State}");
            if (_fault == SimulationFault.WakeUpsAreLost && _random.OneIn(4)) continue;
            call.Request = null;
            if (request.State == LockRequestState.Refused)
            {
                _counts.LateRefusals++;
                End(call.Attempt, isFinal: false);
            }
            else if (request.State == LockRequestState.Granted)
            {
                Advance(call);
            }
        }
    }

    private void Advance(SimulatedCall call)
    {
        if (call.Attempt.IsEnded) return;

        call.Advance();
        AdvanceLine(call.Attempt);
    }

    private void AdvanceLine(SimulatedAttempt attempt)
    {
        if (!attempt.Calls.TrueForAll(call => call.IsDone)) return;

        attempt.Line++;
        if (attempt.Line == attempt.Transaction.Script.Length)
            End(attempt, isFinal: true);
        else
            StartLine(attempt);
    }

    /// <summary>A time limit, a caller that leaves, a body that fails.</summary>
    private void Disturb()
    {
        SimulatedAttempt? attempt = _transactions[_random.Below(_transactions.Length)].Attempt;
        if (attempt is null) return;

        SimulatedCall? waiting = attempt.Calls.Find(call => call.Request is not null);
        if (waiting is null)
        {
            _trace?.Add($"attempt {attempt.Index} is aborted");
            End(attempt, isFinal: _random.OneIn(2));
            return;
        }

        _trace?.Add($"attempt {attempt.Index} stops waiting for {waiting.Request!.Resource}");
        _counts.Cancellations++;
        SimulatedPartition partition = _partitions[waiting.Current.Partition];
        partition.Cancel(waiting.Request!);
        waiting.Request = null;
        waiting.IsGivenUp = true;
        Resume(partition);
        if (_random.OneIn(2))
            End(attempt, isFinal: _random.OneIn(2));
        else if (!attempt.IsEnded)
            AdvanceLine(attempt);
    }

    private void End(SimulatedAttempt attempt, bool isFinal)
    {
        if (attempt.IsEnded) return;

        _trace?.Add($"attempt {attempt.Index} ends{(isFinal ? " for good" : string.Empty)}");
        attempt.IsEnded = true;
        SimulatedTransaction transaction = attempt.Transaction;
        transaction.Attempt = null;
        transaction.IsFinished = isFinal;
        transaction.WakesAt = _step + 1 + _random.Below(16);
        for (int partition = 0; partition < _partitions.Length; partition++)
        {
            if (attempt.Owners[partition] is null) continue;
            if (_fault == SimulationFault.ReleasesAreLost && _random.OneIn(8)) continue;
            _releases.Add((attempt, partition));
        }
    }

    private void DeliverRelease(int index)
    {
        var (attempt, number) = _releases[index];
        _releases[index] = _releases[^1];
        _releases.RemoveAt(_releases.Count - 1);
        _trace?.Add($"attempt {attempt.Index} is released in partition {number}");
        SimulatedPartition partition = _partitions[number];
        partition.Release(attempt, attempt.Owners[number]!);
        Resume(partition);
    }
}
