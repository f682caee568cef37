using Memento.Tests.Locks.Simulation;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>
/// An activation of a grain with a transactional state: a list. A model of Orleans'
/// <c>TransactionQueue</c>, <c>ReadWriteLock</c>, <c>TransactionManager</c>,
/// <c>TransactionalResource</c> and <c>ConfirmationWorker</c> (10.4.2), by the same steps. Its time
/// limits are a fortieth of Orleans' own.
/// </summary>
internal sealed partial class VirtualGrain
{
    /// <summary>How long messages of Orleans live; a caller waits as long for its answer.</summary>
    public static readonly long ResponseTimeout = VirtualTime.Milliseconds(750);

    /// <summary>
    /// How long a participant waits for the decision before it asks: longer than messages live.
    /// </summary>
    public static readonly long PingFrequency = VirtualTime.Milliseconds(1_500);

    private static readonly long LockTimeout = VirtualTime.Milliseconds(200);
    private static readonly long LockAcquireTimeout = VirtualTime.Milliseconds(250);
    private static readonly long PrepareTimeout = VirtualTime.Milliseconds(500);
    private static readonly long FirstRecoveryPing = VirtualTime.Milliseconds(25);
    private static readonly long ConfirmationRetryDelay = VirtualTime.Milliseconds(750);

    /// <summary>An activation ends itself after so many failures of its storage.</summary>
    private const int MostFailures = 10;

    private readonly StoredGrain _stored;
    private readonly CausalClock _clock;
    private readonly GrainWorker _storage;
    private readonly GrainWorker _lock;
    private readonly List<GrainRecord> _queue = [];
    private readonly Dictionary<long, EarlyVotes> _early = [];
    private Task<bool> _ready = Task.FromResult(true);
    private GrainBatch _batch = null!;
    private int[] _stable = [];
    private long _stableSequence;
    private int _failures;

    public VirtualGrain(VirtualSilo silo, StoredGrain stored)
    {
        Silo = silo;
        _stored = stored;
        _clock = new CausalClock(new WallClock(silo));
        _storage = new GrainWorker(this, StoreAsync);
        _lock = new GrainWorker(this, WorkOnLock);
    }

    public VirtualSilo Silo { get; }

    public int Number => _stored.Number;

    public Party Self => Party.Grain(Number);

    public long Now => Silo.All.Time.Now;

    public bool IsEnded { get; private set; }

    /// <summary>Whether it was read from its storage; null: not yet.</summary>
    public Task<bool>? Activated { get; private set; }

    private string Name => $"grain {Number} in {Silo.Name}";

    /// <summary>
    /// What waits for a decision, or has to be told; null: nothing. The storage may have more, of
    /// transactions that were aborted: Orleans overwrites it later.
    /// </summary>
    public string? DescribeWork()
        => _queue.Count > 0
            ? $"{Name} has prepared {Silo.All.NameOf(_queue[0].Id)}"
            : _unconfirmed.Count > 0
                ? $"{Name} has not told all of {Silo.All.NameOf(_unconfirmed.First())}"
                : _batch is { Size: > 0 } ? $"{Name} has something to write" : null;

    public void Post(long delay, Action step)
        => Silo.Post(delay, () =>
        {
            if (!IsEnded) step();
        });

    public Task<bool> ActivateAsync() => Activated ??= _ready = RestoreAsync();

    /// <summary>It is deactivated: what it has in memory is gone.</summary>
    public void End()
    {
        if (IsEnded) return;

        IsEnded = true;
        Tell("ends");
        Silo.Forget(this);
    }

    /// <summary>It commits a transaction as its manager.</summary>
    public Task<StatusAnswer?> PrepareAndCommitAsync(PrepareAndCommitCall call)
    {
        (TransactionalStatus status, GrainRecord record) = Validate(call.Id, call.Count);
        record.Time = call.Time;
        record.Role = CommitRole.Local;
        record.WaitCount = call.Total - 1;
        record.WaitingSince = Now;
        record.Writers = call.Writers;
        if (status == TransactionalStatus.Ok)
            _clock.Merge(Stamp(call.Time));
        else
            TellAbort(record, status);
        _lock.Notify();
        return record.ForAgent.Task;
    }

    /// <summary>It is asked for its vote, and votes by a message.</summary>
    public void Prepare(PrepareCall call)
    {
        (TransactionalStatus status, GrainRecord record) = Validate(call.Id, call.Count);
        record.Time = call.Time;
        record.Role = CommitRole.Remote;
        record.Manager = call.Manager;
        if (status == TransactionalStatus.Ok)
            _clock.Merge(Stamp(call.Time));
        else
            TellAbort(record, status);
        _lock.Notify();
    }

    /// <summary>It ends a transaction that has only read. Returns its vote.</summary>
    public Task<StatusAnswer?> EndReadsAsync(Guid id, AccessCounter count, long time)
    {
        (TransactionalStatus status, GrainRecord record) = Validate(id, count);
        record.Time = time;
        record.Role = CommitRole.ReadOnly;
        if (status == TransactionalStatus.Ok)
            _clock.Merge(Stamp(time));
        else
            TellAbort(record, status);
        _lock.Notify();
        return record.ForAgent.Task;
    }

    /// <summary>A participant votes.</summary>
    public void Vote(VirtualVote vote)
    {
        TransactionalStatus status = vote.Vote!.Value;
        int place = Find(vote.Id, vote.Time);
        if (place < 0)
        {
            // It comes ahead of the commit.
            if (!_early.TryGetValue(vote.Time, out EarlyVotes? early))
                _early[vote.Time] = early = new EarlyVotes();
            if (status == TransactionalStatus.Ok)
                early.Count++;
            else
                early.Status = status;
        }
        else if (status == TransactionalStatus.Ok)
        {
            _queue[place].WaitCount--;
            _storage.Notify();
        }
        else
        {
            AbortFrom(place, status);
            _lock.Notify();
        }
    }

    /// <summary>A participant asks how its transaction has ended.</summary>
    public async Task PingAsync(VirtualVote question)
    {
        if (!await ReadyAsync()) return;

        // Orleans overlooks what has just been asked to commit, and has not left its lock yet.
        bool isLeaving = Current?.GetValueOrDefault(question.Id)?.Role == CommitRole.Local;
        if (isLeaving || Find(question.Id, question.Time) >= 0)
        {
            _storage.Notify();
        }
        else if (!_unconfirmed.Contains(question.Id))
        {
            // It has never heard of it, so that it must have been aborted.
            Silo.All.Grains!.PresumeAbort(question);
            SendCancel(
                question.Voter, question.Id, question.Time, TransactionalStatus.PresumedAbort);
        }
    }

    /// <summary>The manager has committed it. No answer: it has to say it again.</summary>
    public async Task<Done?> ConfirmAsync(Guid id, long time)
    {
        if (!await ReadyAsync()) return null;

        int place = Find(id, time);
        if (place < 0) return Done.Instance;

        GrainRecord record = _queue[place];
        if (Silo.All.Time.IsTold) Tell($"is told to commit {Silo.All.NameOf(id)}");
        record.Confirming ??= new TaskCompletionSource<bool>();
        _storage.Notify();
        return await record.Confirming.Task ? Done.Instance : null;
    }

    /// <summary>The manager has aborted it.</summary>
    public async Task<Done?> CancelAsync(Guid id, long time, TransactionalStatus status)
    {
        if (!await ReadyAsync()) return null;

        int place = Find(id, time);
        if (Silo.All.Time.IsTold) Tell($"is told to abort {Silo.All.NameOf(id)} ({status})");
        if (place < 0)
        {
            RollBack(id);
        }
        else
        {
            AbortFrom(place, status);
            _storage.Notify();
        }

        _lock.Notify();
        return Done.Instance;
    }

    /// <summary>The caller has given it up.</summary>
    public async Task AbortAsync(Guid id)
    {
        if (!await ReadyAsync()) return;

        RollBack(id);
        _lock.Notify();
    }

    private static DateTime Stamp(long ticks) => new(ticks, DateTimeKind.Utc);

    private int Find(Guid id, long time)
        => _queue.FindIndex(each => each.Id == id && each.Time == time);

    /// <summary>
    /// False: its state could not be read. Orleans reads it once for each that waits, and may have
    /// what it has read twice.
    /// </summary>
    private async Task<bool> ReadyAsync()
    {
        while (true)
        {
            Task<bool> ready = _ready;
            if (await ready) return true;
            if (ready != _ready) continue;
            return await AbortAndRestoreAsync(
                TransactionalStatus.UnknownException, isInDoubt: false);
        }
    }

    private void Enqueue(GrainRecord record)
    {
        if (_queue.Count > 0 && _queue[^1].Time > record.Time)
        {
            // Orleans' queue is in the order of the times, and refuses any other.
            throw new SimulationFailedException(
                $"{Name} is asked to commit {Silo.All.NameOf(record.Id)} at a time that has gone");
        }

        _queue.Add(record);
        if (record.Role == CommitRole.Local)
        {
            if (!_early.Remove(record.Time, out EarlyVotes? early)) return;

            if (early.Status == TransactionalStatus.Ok)
                record.WaitCount -= early.Count;
            else
                AbortFrom(_queue.Count - 1, early.Status);
            _lock.Notify();
        }
        else if (record.Role == CommitRole.Remote)
        {
            if (record.Writes > 0)
            {
                _batch.Prepare(new PendingState(
                    record.Sequence, record.Id, record.Time, record.Manager, record.State!));
            }
            else
            {
                _batch.Read(record.Time);
            }

            _batch.FollowUp(isStored => record.IsPersisted |= isStored);
        }
    }

    /// <summary>Aborts what is in the queue from a place on.</summary>
    private void AbortFrom(int place, TransactionalStatus status)
    {
        for (int i = place; i < _queue.Count; i++)
        {
            TellAbort(_queue[i], i == place ? status : TransactionalStatus.CascadingAbort);

            // Orleans leaves what follows in its storage, to be overwritten later, or to be
            // restored ahead of what is prepared later: it may lose that then.
            if (_queue[i] is { Role: CommitRole.Remote, Writes: > 0 })
                _batch.Cancel(_queue[i].Sequence);
        }

        _queue.RemoveRange(place, _queue.Count - place);
        AbortExecuting();
    }

    private void TellAbort(GrainRecord record, TransactionalStatus status)
    {
        switch (record.Role)
        {
            case CommitRole.Remote:
                if (record.Confirming is { } confirming) Wake(confirming, false);

                // It cannot abort any more what it has voted for.
                if (record.LastSent is null) SendVote(record, status);
                break;
            case CommitRole.Local:
                foreach (Party each in record.Writers.Where(each => each != Self))
                    SendCancel(each, record.Id, record.Time, status);
                Wake(record.ForAgent, AnswerOf(status));
                break;
            case CommitRole.ReadOnly:
                Wake(record.ForAgent, AnswerOf(status));
                break;
        }
    }

    /// <summary>
    /// An exception: the agent does not learn whether it is aborted.
    /// </summary>
    private static StatusAnswer? AnswerOf(TransactionalStatus status)
        => status == TransactionalStatus.UnknownException ? null : new StatusAnswer(status);

    private void SendVote(GrainRecord record, TransactionalStatus status)
        => Silo.All.Grains!.SendToManager(
            Silo, record.Manager!, new VirtualVote(record.Id, record.Time, Self, status));

    private void SendCancel(Party target, Guid id, long time, TransactionalStatus status)
        => Silo.All.Time.Go(() =>
            Silo.All.Grains!.CancelAsync(Silo, target, id, time, status));

    private void Wake<T>(TaskCompletionSource<T> waiting, T result)
        => Post(0, () => waiting.TrySetResult(result));

    private void Tell(string what)
    {
        if (Silo.All.Time.IsTold) Silo.All.Time.Tell($"{Name} {what}");
    }

    private sealed class EarlyVotes
    {
        public int Count { get; set; }

        public TransactionalStatus Status { get; set; }
    }

    private sealed class WallClock(VirtualSilo silo) : IClock
    {
        public DateTime UtcNow() => silo.Clock.GetUtcNow().UtcDateTime;
    }
}
