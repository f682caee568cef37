using Memento.Partitions.Locks;
using Memento.Tables.Keys;
using static Memento.Tests.Locks.Simulation.SimulationFailedException;

namespace Memento.Tests.Locks.Simulation;

/// <summary>
/// A lock manager, and beside it what the transactions were told: after each call the two are
/// compared, and what must hold is checked without the manager's own tables of kinds.
/// </summary>
internal sealed class SimulatedPartition(int number, bool watchesOrder)
{
    public const int MostKeys = 3;
    public const int Stores = 2;
    public const int ResourceCount = 1 + (Stores * MostKeys);

    private const int PictureEvery = 8;

    private static readonly LockResource[] Resources =
    [
        LockResource.Partition,
        .. Enumerable.Range(0, Stores * MostKeys).Select(index =>
            LockResource.InStore(index / MostKeys, new Key([(byte)(index % MostKeys)]))),
    ];

    private readonly LockManager _manager = new();
    private readonly List<LockInfo> _locks = [];
    private readonly List<SimulatedAttempt> _present = [];
    private int _believedHolds;
    private int _believedWaits;
    private int _unpictured;

    /// <summary>What the last call resumed, checked.</summary>
    public List<LockRequest> Resumed { get; } = [];

    public static int ResourceOf(int store, int key) => 1 + (store * MostKeys) + key;

    public LockAnswer Acquire(SimulatedCall call, LockOwner owner)
    {
        SimulatedStep step = call.Current;
        ref readonly LockResource resource = ref Resources[step.Resource];
        if (!_present.Contains(call.Attempt))
            _present.Add(call.Attempt);
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
            _believedWaits++;
        }

        if (answer == LockAnswer.Granted)
            Believe(call.Attempt, step.Resource, step.Kind);
        Check();
        if (conflict is not null && _locks.Count == 0)
            TakePicture();
        if (conflict is not null)
            CheckRefusal(call.Attempt, resource, step.Kind, conflict);
        return answer;
    }

    public void Release(SimulatedAttempt attempt, LockOwner owner)
    {
        Resumed.Clear();
        _manager.Release(owner, Resumed);
        _present.Remove(attempt);
        for (int resource = 0; resource < ResourceCount; resource++)
        {
            ref LockKind believed = ref attempt.Believed(number, resource);
            if (believed != LockKind.None)
                _believedHolds--;
            believed = LockKind.None;
        }

        Check();
    }

    public void Cancel(LockRequest request)
    {
        Resumed.Clear();
        Unless(_manager.Cancel(request, Resumed), "what waits can be cancelled");
        _believedWaits--;
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

    private static int IndexOf(in LockResource resource)
        => resource.IsPartition ? 0 : ResourceOf(resource.Store, resource.Key.Bytes[0]);

    /// <summary>Written apart from the manager's table, from the definition of each kind.</summary>
    private static bool Conflict(LockKind left, LockKind right)
        => OneWay(left, right) || OneWay(right, left);

    private static bool OneWay(LockKind left, LockKind right)
    {
        if ((left & LockKind.Write) != 0)
            return right != LockKind.None;
        return (left & LockKind.Read) != 0 && (right & LockKind.IntentionWrite) != 0;
    }

    private void Believe(SimulatedAttempt attempt, int resource, LockKind kind)
    {
        foreach (SimulatedAttempt other in _present)
        {
            if (other != attempt && Conflict(other.Believed(number, resource), kind))
            {
                throw new SimulationFailedException(
                    $"attempts {attempt.Index} and {other.Index} hold conflicting locks");
            }
        }

        ref LockKind believed = ref attempt.Believed(number, resource);
        if (believed == LockKind.None)
            _believedHolds++;
        believed |= kind;
    }

    private void Check()
    {
        foreach (LockRequest request in Resumed)
        {
            var call = (SimulatedCall)request.Waiter!;
            Unless(request.State != LockRequestState.Waiting, "what was resumed waits no more");
            _believedWaits--;
            if (request.State == LockRequestState.Granted)
                Believe(call.Attempt, IndexOf(request.Resource), request.Kind);
        }

        // What is only held is compared now and then: a difference stays until it is found.
        if (_believedWaits == 0 && Resumed.Count == 0 && ++_unpictured < PictureEvery)
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
        for (int index = 0; index < _locks.Count; index++)
        {
            if (_locks[index].IsWaiting)
            {
                CheckWait(index);
                continue;
            }

            holds++;
            CheckHold(_locks[index]);
        }

        Unless(holds == _believedHolds, "held locks are those that were granted");
        Unless(_locks.Count - holds == _believedWaits, "those that wait were told so");
        foreach (LockRequest request in Resumed)
        {
            if (request.State != LockRequestState.Refused)
                continue;
            Unless(request.Conflict is not null, "a refusal has a reason");
            var call = (SimulatedCall)request.Waiter!;
            CheckRefusal(call.Attempt, request.Resource, request.Kind, request.Conflict!);
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
    /// One that waits has a reason to, or a wake-up was lost; and is older than all its reasons.
    /// </summary>
    private void CheckWait(int index)
    {
        LockInfo waiting = _locks[index];
        SimulatedAttempt attempt = AttemptOf(waiting.TransactionId);
        bool hasReason = false;
        for (int ahead = index - 1; ahead >= 0; ahead--)
        {
            LockInfo other = _locks[ahead];
            if (other.Resource != waiting.Resource)
                break;
            if (other.TransactionId == waiting.TransactionId
                || !Conflict(other.Kinds, waiting.Kinds))
            {
                continue;
            }

            hasReason = true;
            SimulatedAttempt blocker = AttemptOf(other.TransactionId);
            if (watchesOrder && !attempt.IsOlderThan(blocker))
            {
                throw new SimulationFailedException(
                    $"attempt {attempt.Index} waits for {blocker.Index}, which is older");
            }
        }

        Unless(hasReason, "one that waits has somebody to wait for");
    }

    private void CheckRefusal(
        SimulatedAttempt attempt, LockResource resource, LockKind kind, LockConflict conflict)
    {
        SimulatedAttempt holder = AttemptOf(conflict.Holder);
        Unless(
            conflict.Resource == resource && conflict.Kind == kind
                && holder != attempt && Conflict(conflict.HolderKind, kind),
            "a refusal names what was asked for and one that conflicts with it");
        if (watchesOrder && !holder.IsOlderThan(attempt))
        {
            throw new SimulationFailedException(
                $"attempt {attempt.Index} was refused for {holder.Index}, which is younger");
        }

        foreach (LockInfo info in _locks)
        {
            if (info.TransactionId == conflict.Holder
                && info.IsWaiting == conflict.IsQueued
                && (info.Kinds & conflict.HolderKind) == conflict.HolderKind
                && info.Resource == resource)
            {
                return;
            }
        }

        throw new SimulationFailedException("one that a refusal names is there");
    }

    private SimulatedAttempt AttemptOf(Guid transactionId)
    {
        int index = SimulatedAttempt.IndexOf(transactionId);
        foreach (SimulatedAttempt attempt in _present)
        {
            if (attempt.Index == index)
                return attempt;
        }

        throw new SimulationFailedException("locks are of attempts that were not released");
    }
}
