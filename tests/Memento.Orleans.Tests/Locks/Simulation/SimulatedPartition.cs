using Memento.Locks;
using static Memento.Tests.Locks.Simulation.SimulationFailedException;

namespace Memento.Tests.Locks.Simulation;

/// <summary>
/// A lock manager, and beside it the answers that the transactions got. After each call the two are
/// compared, and the invariants are checked without the manager's own tables of kinds.
/// </summary>
internal sealed class SimulatedPartition(int number, bool watchesOrder, bool shortensRanges)
{
    private const int PictureEvery = 8;

    private readonly LockResource[] _resources =
        [.. SimulatedResource.All.Select(one => one.ToLock(shortensRanges))];

    private readonly LockManager _manager = new();
    private readonly List<LockInfo> _locks = [];
    private readonly List<SimulatedAttempt> _present = [];
    private readonly List<LockRequest> _waiting = [];
    private int _believedHolds;
    private int _unpictured;

    /// <summary>What the last call resumed, checked.</summary>
    public List<LockRequest> Resumed { get; } = [];

    public LockAnswer Acquire(SimulatedCall call, LockOwner owner)
    {
        SimulatedStep step = call.Current;
        ref readonly LockResource resource = ref _resources[step.Resource];
        if (!_present.Contains(call.Attempt)) _present.Add(call.Attempt);
        Resumed.Clear();
        LockAnswer answer = _manager.Acquire(
            owner,
            resource,
            step.Kind,
            Resumed,
            out LockRequest? request,
            out LockConflict? conflict);
        Unless((request is not null) == (answer == LockAnswer.Waiting), "what waits has a request");
        Unless((conflict is not null) == (answer == LockAnswer.Refused), "a refusal has a reason");
        if (request is not null)
        {
            request.Waiter = call;
            call.Request = request;
        }

        if (answer != LockAnswer.Refused) CheckOvertaking(call, request);
        if (request is not null) _waiting.Add(request);
        if (answer == LockAnswer.Granted && !NeedsNoLock(call.Attempt, step.Resource))
            Believe(call.Attempt, step.Resource, step.Kind);
        Check();
        if (conflict is not null && _locks.Count == 0) TakePicture();
        if (conflict is not null) CheckRefusal(call, resource, step.Kind, conflict);
        return answer;
    }

    /// <summary>Takes a lock at once; false: somebody is in the way, and nothing changes.</summary>
    public bool TryAcquire(SimulatedCall call, LockOwner owner)
    {
        SimulatedStep step = call.Current;
        if (!_present.Contains(call.Attempt)) _present.Add(call.Attempt);
        Resumed.Clear();
        bool isTaken = _manager.TryAcquire(owner, _resources[step.Resource], step.Kind);
        if (isTaken)
        {
            CheckOvertaking(call, queued: null);
            Believe(call.Attempt, step.Resource, step.Kind);
        }
        else
        {
            Unless(IsInTheWay(call), "a lock is left out only where somebody is in the way");
        }

        Check();
        return isTaken;
    }

    public void Release(SimulatedAttempt attempt, LockOwner owner)
    {
        Resumed.Clear();
        _manager.Release(owner, Resumed);
        _present.Remove(attempt);
        for (int resource = 0; resource < SimulatedResource.All.Count; resource++)
        {
            ref LockKind believed = ref attempt.Believed(number, resource);
            if (believed != LockKind.None && !SimulatedResource.All[resource].IsRange)
                _believedHolds--;
            believed = LockKind.None;
        }

        Check();
    }

    public void Cancel(LockRequest request)
    {
        Resumed.Clear();
        Unless(_manager.Cancel(request, Resumed), "what waits can be cancelled");
        _waiting.Remove(request);
        Check();
    }

    public void CheckIdle()
        => Unless(_manager.IsIdle, $"partition {number} is not idle when all have ended");

    public string Describe()
    {
        _locks.Clear();
        _manager.Describe(_locks);
        return string.Join(
            Environment.NewLine,
            _locks.Select(info =>
                $"  partition {number}: {info.Resource}: attempt "
                + $"{SimulatedAttempt.IndexOf(info.TransactionId)} "
                + $"{(info.IsWaiting ? "waits for" : "holds")} {info.Kinds}"));
    }

    /// <summary>Written apart from the manager's table, from the definition of each kind.</summary>
    private static bool Conflict(LockKind left, LockKind right)
        => OneWay(left, right) || OneWay(right, left);

    private static bool OneWay(LockKind left, LockKind right)
    {
        if ((left & LockKind.Write) != 0) return right != LockKind.None;
        return (left & LockKind.Read) != 0 && (right & LockKind.IntentionWrite) != 0;
    }

    private static SimulatedResource ResourceOf(LockRequest request)
        => SimulatedResource.All[((SimulatedCall)request.Waiter!).Current.Resource];

    private static SimulatedAttempt AttemptOf(LockRequest request)
        => ((SimulatedCall)request.Waiter!).Attempt;

    private static bool Conflict(LockRequest left, LockRequest right)
        => left.Owner != right.Owner
            && Conflict(left.Kind, right.Kind)
            && ResourceOf(left).Touches(ResourceOf(right));

    private int IndexOf(in LockResource resource) => Array.IndexOf(_resources, resource);

    private bool NeedsNoLock(SimulatedAttempt attempt, int resource)
    {
        SimulatedResource asked = SimulatedResource.All[resource];
        if (asked.IsEmpty) return true;

        for (int index = SimulatedResource.FirstRange; index < _resources.Length; index++)
        {
            if (attempt.Believed(number, index) != LockKind.None
                && SimulatedResource.All[index].Covers(asked))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The granted locks of an attempt that conflict with a lock.</summary>
    private bool HasConflict(SimulatedAttempt attempt, SimulatedResource resource, LockKind kind)
    {
        for (int index = 0; index < _resources.Length; index++)
        {
            if (Conflict(attempt.Believed(number, index), kind)
                && SimulatedResource.All[index].Touches(resource))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsInTheWay(SimulatedCall call)
    {
        SimulatedStep step = call.Current;
        SimulatedResource asked = SimulatedResource.All[step.Resource];
        return _present.Exists(other =>
                other != call.Attempt && HasConflict(other, asked, step.Kind))
            || _waiting.Exists(request => AttemptOf(request) != call.Attempt
                && Conflict(request.Kind, step.Kind) && ResourceOf(request).Touches(asked));
    }

    private void Believe(SimulatedAttempt attempt, int resource, LockKind kind)
    {
        foreach (SimulatedAttempt other in _present)
        {
            if (other != attempt && HasConflict(other, SimulatedResource.All[resource], kind))
            {
                throw new SimulationFailedException(
                    $"attempts {attempt.Index} and {other.Index} hold conflicting locks");
            }
        }

        ref LockKind believed = ref attempt.Believed(number, resource);
        if (believed == LockKind.None && !SimulatedResource.All[resource].IsRange) _believedHolds++;
        believed |= kind;
    }

    /// <summary>
    /// A waiting request is passed only by an attempt that it, or a request ahead of it, waits for
    /// already.
    /// </summary>
    private void CheckOvertaking(SimulatedCall call, LockRequest? queued)
    {
        LockRequest[] waiting =
        [
            .. _waiting,
            .. Resumed.Where(one => one.State == LockRequestState.Refused
                && !_waiting.Contains(one)),
        ];
        SimulatedStep step = call.Current;
        foreach (LockRequest passed in waiting)
        {
            if (AttemptOf(passed) == call.Attempt
                || !Conflict(passed.Kind, step.Kind)
                || !ResourceOf(passed).Touches(SimulatedResource.All[step.Resource])
                || (queued is not null && passed.Order < queued.Order))
            {
                continue;
            }

            Unless(
                Array.Exists(waiting, one =>
                    one.Order <= passed.Order && WaitsFor(one, call.Attempt)),
                $"attempt {call.Attempt.Index} overtakes {AttemptOf(passed).Index} for no reason");
        }
    }

    private bool WaitsFor(LockRequest request, SimulatedAttempt attempt)
        => AttemptOf(request) != attempt
            && (HasConflict(attempt, ResourceOf(request), request.Kind)
                || _waiting.Exists(own => AttemptOf(own) == attempt
                    && own.Order < request.Order
                    && Conflict(own, request)));

    private void Check()
    {
        foreach (LockRequest request in Resumed)
        {
            Unless(request.State != LockRequestState.Waiting, "what was resumed waits no more");
            Unless(_waiting.Remove(request), "what was resumed waited");
        }

        foreach (LockRequest request in Resumed)
        {
            if (request.State != LockRequestState.Granted) continue;
            Unless(
                !_waiting.Exists(one => one.Order < request.Order && Conflict(one, request)),
                "one that waits is granted before those behind it");
            Believe(AttemptOf(request), IndexOf(request.Resource), request.Kind);
        }

        // Held locks are compared only sometimes: a difference stays until it is found.
        if (_waiting.Count == 0 && Resumed.Count == 0 && ++_unpictured < PictureEvery)
        {
            _locks.Clear();
            return;
        }

        _unpictured = 0;
        TakePicture();
    }

    private void TakePicture()
    {
        _locks.Clear();
        _manager.Describe(_locks);
        int holds = 0;
        int ranges = 0;
        foreach (LockInfo info in _locks)
        {
            if (info.IsWaiting) continue;
            holds++;
            if (info.Resource.IsRange)
                ranges++;
            else
                CheckHold(info);
        }

        Unless(holds - ranges == _believedHolds, "held locks are those that were granted");
        CheckRanges();
        CheckQueues(_locks.Count - holds);
        foreach (LockRequest request in _waiting)
            CheckWait(request);
        foreach (LockRequest request in Resumed)
        {
            if (request.State != LockRequestState.Refused) continue;
            Unless(request.Conflict is not null, "a refusal has a reason");
            CheckRefusal(
                (SimulatedCall)request.Waiter!, request.Resource, request.Kind, request.Conflict!);
        }
    }

    private void CheckHold(LockInfo info)
    {
        LockKind believed = AttemptOf(info.TransactionId)
            .Believed(number, IndexOf(info.Resource));
        Unless(
            (info.Kinds & ~believed) == LockKind.None && LockKinds.Cover(info.Kinds, believed),
            "an attempt holds what it was told");
    }

    /// <summary>
    /// Touching ranges of one attempt are held as one range, so the comparison is by their keys.
    /// </summary>
    private void CheckRanges()
    {
        Span<int> held = stackalloc int[_present.Count];
        foreach (LockInfo info in _locks)
        {
            if (!info.IsWaiting && info.Resource.IsRange)
            {
                held[_present.IndexOf(AttemptOf(info.TransactionId))] |=
                    SimulatedResource.All[IndexOf(info.Resource)].Keys;
            }
        }

        for (int place = 0; place < held.Length; place++)
        {
            int believed = 0;
            for (int index = SimulatedResource.FirstRange; index < _resources.Length; index++)
            {
                if (_present[place].Believed(number, index) != LockKind.None)
                    believed |= SimulatedResource.All[index].Keys;
            }

            Unless(held[place] == believed, "an attempt holds the ranges that it was told");
        }
    }

    /// <summary>The queues of the manager have the waiting requests, in the order of all.</summary>
    private void CheckQueues(int waits)
    {
        Unless(waits == _waiting.Count, "those that wait were told so");
        _waiting.Sort((left, right) => left.Order.CompareTo(right.Order));
        foreach (LockResource resource in _waiting.Select(one => one.Resource).Distinct())
        {
            Unless(
                _waiting.Where(one => one.Resource == resource)
                    .Select(one => (one.Owner.TransactionId, one.Kind))
                    .SequenceEqual(
                        _locks.Where(info => info.IsWaiting && info.Resource == resource)
                            .Select(info => (info.TransactionId, info.Kinds))),
                "a queue is in the order of its store");
        }
    }

    /// <summary>
    /// A waiting request waits for an owner, otherwise a wake-up was lost; and it is older than
    /// every owner that it waits for.
    /// </summary>
    private void CheckWait(LockRequest request)
    {
        SimulatedAttempt attempt = AttemptOf(request);
        bool hasReason = false;
        foreach (SimulatedAttempt holder in _present)
        {
            if (holder == attempt || !HasConflict(holder, ResourceOf(request), request.Kind))
                continue;
            hasReason = true;
            CheckOlder(attempt, holder);
        }

        foreach (LockRequest other in _waiting)
        {
            if (other.Order >= request.Order || !Conflict(other, request)) continue;
            hasReason = true;
            CheckOlder(attempt, AttemptOf(other));
        }

        Unless(hasReason, "one that waits has somebody to wait for");
        LockConflict? blocker = _manager.FindBlocker(request);
        Unless(blocker is not null, "one that waits can say for whom");
        CheckNamed(attempt, request.Resource, request.Kind, blocker!);
    }

    private void CheckOlder(SimulatedAttempt attempt, SimulatedAttempt blocker)
    {
        if (watchesOrder && !attempt.IsOlderThan(blocker))
        {
            throw new SimulationFailedException(
                $"attempt {attempt.Index} waits for {blocker.Index}, which is older");
        }
    }

    private void CheckRefusal(
        SimulatedCall call, in LockResource resource, LockKind kind, LockConflict conflict)
    {
        SimulatedAttempt holder = AttemptOf(conflict.Holder);
        CheckNamed(call.Attempt, resource, kind, conflict);
        if (watchesOrder && !holder.IsOlderThan(call.Attempt))
        {
            throw new SimulationFailedException(
                $"attempt {call.Attempt.Index} was refused for {holder.Index}, which is younger");
        }
    }

    /// <summary>An owner that is named as in the way exists, and is in the way.</summary>
    private void CheckNamed(
        SimulatedAttempt attempt, in LockResource resource, LockKind kind, LockConflict conflict)
    {
        SimulatedAttempt holder = AttemptOf(conflict.Holder);
        Unless(
            conflict.Resource == resource && conflict.Kind == kind
                && holder != attempt && Conflict(conflict.HolderKind, kind),
            "a conflict names what was asked for and one that conflicts with it");
        SimulatedResource asked = SimulatedResource.All[IndexOf(resource)];
        foreach (LockInfo info in _locks)
        {
            if (info.TransactionId == conflict.Holder
                && info.IsWaiting == conflict.IsQueued
                && (info.Kinds & conflict.HolderKind) == conflict.HolderKind
                && SimulatedResource.All[IndexOf(info.Resource)].Touches(asked))
            {
                return;
            }
        }

        throw new SimulationFailedException("one that a conflict names is there");
    }

    private SimulatedAttempt AttemptOf(Guid transactionId)
    {
        int index = SimulatedAttempt.IndexOf(transactionId);
        foreach (SimulatedAttempt attempt in _present)
        {
            if (attempt.Index == index) return attempt;
        }

        throw new SimulationFailedException("locks are of attempts that were not released");
    }
}
