using System.Collections.Concurrent;
using Memento.Storage;

namespace Memento.Participants;

/// <summary>
/// The transactions that run in this process, or have reached it, by id. It ends transactions past
/// their time limit. It remembers for a while the outcomes of transactions of other processes, so
/// that late messages are refused and a lost answer can be looked up.
/// </summary>
/// <remarks>
/// What must hold: an id is unknown, running or ended, in that order only, and each step happens
/// under the gate of its shard. The code that takes a transaction out of the running ones ends it,
/// so that a caller that found it before can begin no operation after. One that has only read, and
/// of which no message is under way, is forgotten when it ends: nothing of it can come late, and
/// nobody asks how it ended.
/// </remarks>
internal sealed class TransactionRegistry
{
    /// <summary>
    /// How long an ended transaction is remembered after its time limit, or after its end where
    /// that comes later: a commit's answer and all questions about it
    /// (<see cref="Commit.RemoteCommit.LookUpTime"/>), the last of which begins in that time, may
    /// take Orleans' response time-out, and no message is under way for as long.
    /// </summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private const int ShardCount = 32;

    private readonly TimeProvider _time;
    private readonly Shard[] _shards = new Shard[ShardCount];

    // This silo does not learn their outcomes. Only callers that lost an answer ask, and they are
    // few.
    private readonly ConcurrentDictionary<Guid, TransactionInDoubtException> _inDoubt = new();

    public TransactionRegistry(TimeProvider time)
    {
        _time = time;
        for (int i = 0; i < ShardCount; i++)
            _shards[i] = new Shard();
    }

    /// <summary>How many transactions are running.</summary>
    public int RunningCount
    {
        get
        {
            int count = 0;
            foreach (Shard shard in _shards)
            {
                lock (shard.Gate)
                    count += shard.Running.Count;
            }

            return count;
        }
    }

    /// <summary>The transactions that are running.</summary>
    public List<TransactionState> GetRunning()
    {
        List<TransactionState> running = [];
        foreach (Shard shard in _shards)
        {
            lock (shard.Gate)
                running.AddRange(shard.Running.Values);
        }

        return running;
    }

    public TransactionState? Find(Guid id)
    {
        Shard shard = ShardOf(id);
        lock (shard.Gate)
            return shard.Running.GetValueOrDefault(id);
    }

    /// <summary>Adds a transaction that begins in this process.</summary>
    public void Add(TransactionState state)
    {
        Shard shard = ShardOf(state.Id);
        lock (shard.Gate)
            shard.Running.Add(state.Id, state);
    }

    /// <summary>Finds a transaction of another process, or begins it in this one.</summary>
    /// <exception cref="NoTransactionException">It has ended: the message is late.</exception>
    public TransactionState Join(Guid id, Func<TransactionState> begin)
    {
        Shard shard = ShardOf(id);
        lock (shard.Gate)
        {
            if (shard.Running.TryGetValue(id, out TransactionState? known)) return known;
            if (shard.Ended.Find(id) is null)
            {
                TransactionState state = begin();
                shard.Running.Add(id, state);
                return state;
            }
        }

        throw new NoTransactionException(
            $"Transaction {id} has ended, and an operation of it came late. Await every call.");
    }

    /// <summary>
    /// Removes an ended transaction, and keeps its outcome if it is of another process.
    /// </summary>
    public void Remove(TransactionState state, TransactionOutcome outcome)
    {
        TaskCompletionSource? waiting = null;
        Shard shard = ShardOf(state.Id);
        lock (shard.Gate)
        {
            if (shard.Running.Remove(state.Id)) waiting = EndUnderGate(shard, state, outcome);
        }

        waiting?.SetResult();
        state.Abort();
    }

    /// <summary>
    /// Ends a running transaction without its writes; false if its commit has begun.
    /// </summary>
    /// <param name="state">The transaction.</param>
    /// <param name="reason">The error for its caller; null: no other error than it has.</param>
    public bool TryAbort(TransactionState state, MementoException? reason = null)
    {
        TaskCompletionSource? waiting = null;
        Shard shard = ShardOf(state.Id);
        lock (shard.Gate)
        {
            if (!state.TryStop(reason)) return false;
            if (shard.Running.Remove(state.Id))
                waiting = EndUnderGate(shard, state, TransactionOutcome.Aborted);
        }

        waiting?.SetResult();
        state.Abort();
        return true;
    }

    /// <summary>
    /// Ends a transaction without its writes, unless its commit has begun. An unknown transaction
    /// can then not begin any more; its messages may still arrive.
    /// </summary>
    public void Abort(Guid id)
    {
        if (Remember(id, TransactionOutcome.Aborted)) return;
        if (Find(id) is { } state) TryAbort(state);
    }

    /// <summary>
    /// Ends transactions of another process that have only read here, and forgets them: no message
    /// of them is under way. One that is unknown here has ended before.
    /// </summary>
    public void EndReads(IReadOnlyList<Guid> ids)
    {
        foreach (Guid id in ids)
        {
            TransactionState? state;
            TaskCompletionSource? waiting;
            Shard shard = ShardOf(id);
            lock (shard.Gate)
            {
                if (!shard.Running.TryGetValue(id, out state) || !state.TryStop()) continue;

                shard.Running.Remove(id);
                waiting = TakeWaitingUnderGate(shard, id);
            }

            waiting?.SetResult();
            state.Abort();
        }
    }

    /// <summary>
    /// Keeps the outcome of a transaction that is unknown here; false if it is running, or has
    /// ended here.
    /// </summary>
    public bool Remember(Guid id, TransactionOutcome outcome)
    {
        Shard shard = ShardOf(id);
        lock (shard.Gate)
        {
            if (shard.Running.ContainsKey(id) || shard.Ended.Find(id) is not null) return false;

            long now = _time.GetTimestamp();
            shard.Ended.Add(
                id, outcome, now, now + TicksOf(TransactionLimits.LongestTimeout + Memory));
            return true;
        }
    }

    /// <summary>
    /// Keeps that a transaction was committed, as the silo says that has committed it. A silo that
    /// has only read for it has released its locks, and called it aborted.
    /// </summary>
    public void RememberCommitted(Guid id)
    {
        if (Remember(id, TransactionOutcome.Committed)) return;

        Shard shard = ShardOf(id);
        lock (shard.Gate)
        {
            if (shard.Ended.Find(id) == TransactionOutcome.Aborted)
                shard.Ended.Replace(id, TransactionOutcome.Committed);
        }
    }

    public TransactionOutcome? FindOutcome(Guid id)
    {
        Shard shard = ShardOf(id);
        lock (shard.Gate)
            return shard.Ended.Find(id);
    }

    /// <summary>Whether the outcome of one that was to commit here is not known.</summary>
    public bool HasDoubts => !_inDoubt.IsEmpty;

    /// <summary>Keeps that the commit of a transaction has ended in doubt.</summary>
    public void RememberDoubt(Guid id, TransactionInDoubtException doubt)
        => _inDoubt.TryAdd(id, doubt);

    /// <summary>The error of a commit that has ended in doubt; null: it has not.</summary>
    public TransactionInDoubtException? FindDoubt(Guid id) => _inDoubt.GetValueOrDefault(id);

    /// <summary>The transactions of other processes that were committed here.</summary>
    public List<Guid> GetCommitted()
    {
        List<Guid> committed = [];
        foreach (Shard shard in _shards)
        {
            lock (shard.Gate)
                shard.Ended.AddCommitted(committed);
        }

        return committed;
    }

    /// <summary>Waits until a transaction is not running. Its outcome is known then.</summary>
    public Task WhenEndedAsync(Guid id)
    {
        Shard shard = ShardOf(id);
        lock (shard.Gate)
        {
            if (!shard.Running.ContainsKey(id)) return Task.CompletedTask;
            if (!shard.Waiting.TryGetValue(id, out TaskCompletionSource? waiting))
            {
                shard.Waiting[id] = waiting = new TaskCompletionSource(
                    TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return waiting.Task;
        }
    }

    /// <summary>
    /// Ends transactions past their limit, and forgets those that ended long ago.
    /// </summary>
    public void Sweep()
    {
        List<TransactionState> overdue = [];
        foreach (Shard shard in _shards)
        {
            lock (shard.Gate)
            {
                foreach (TransactionState state in shard.Running.Values)
                {
                    if (state.Remaining <= -TransactionLimits.Grace) overdue.Add(state);
                }

                shard.Ended.Forget(_time.GetTimestamp());
            }
        }

        foreach (TransactionState state in overdue)
            TryAbort(state, state.TimedOut());
    }

    /// <summary>
    /// Keeps the outcome of a transaction that ran. Returns the source of those that wait for its
    /// end.
    /// </summary>
    private TaskCompletionSource? EndUnderGate(
        Shard shard, TransactionState state, TransactionOutcome outcome)
    {
        // For a body of this process, only messages of its grain calls can be late.
        if (state.IsJoined || state.Orleans is { HasLeftCalls: true })
        {
            long now = _time.GetTimestamp();
            long limit = Math.Clamp(
                state.Deadline, now, now + TicksOf(TransactionLimits.LongestTimeout));
            shard.Ended.Add(state.Id, outcome, now, limit + TicksOf(Memory));
        }

        return TakeWaitingUnderGate(shard, state.Id);
    }

    private static TaskCompletionSource? TakeWaitingUnderGate(Shard shard, Guid id)
        => shard.Waiting.Count > 0 && shard.Waiting.Remove(id, out var waiting) ? waiting : null;

    private long TicksOf(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private Shard ShardOf(Guid id) => _shards[(uint)id.GetHashCode() % ShardCount];

    private sealed class Shard
    {
        public Lock Gate { get; } = new();

        public Dictionary<Guid, TransactionState> Running { get; } = [];

        public EndedTransactions Ended { get; } = new();

        public Dictionary<Guid, TaskCompletionSource> Waiting { get; } = [];
    }
}

/// <summary>
/// The outcomes of transactions, each kept until a time of its own. They are in buckets that are
/// dropped whole, so that no outcome has to be searched for to be forgotten. Not thread-safe.
/// </summary>
/// <remarks>
/// A bucket takes outcomes that must be kept until its end, or a little less: by at most half of
/// their time. So there are four buckets if all outcomes are kept equally long, and a few more for
/// every doubling of that time. A search looks into each of them.
/// </remarks>
internal sealed class EndedTransactions
{
    private readonly List<Bucket> _buckets = [];

    /// <summary>The outcome of a transaction; null if it is not known, or not any more.</summary>
    public TransactionOutcome? Find(Guid id)
    {
        foreach (Bucket bucket in _buckets)
        {
            if (bucket.Outcomes.TryGetValue(id, out TransactionOutcome outcome)) return outcome;
        }

        return null;
    }

    /// <summary>Adds the transactions that were committed to a list.</summary>
    public void AddCommitted(List<Guid> committed)
    {
        foreach (Bucket bucket in _buckets)
        {
            foreach ((Guid id, TransactionOutcome outcome) in bucket.Outcomes)
            {
                if (outcome == TransactionOutcome.Committed) committed.Add(id);
            }
        }
    }

    /// <summary>Keeps an outcome. The transaction must not be known here.</summary>
    /// <param name="id">The transaction.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="now">Now, as a timestamp.</param>
    /// <param name="until">The timestamp until which it is kept, at least.</param>
    public void Add(Guid id, TransactionOutcome outcome, long now, long until)
    {
        long latest = until + ((until - now) / 2);
        Bucket? bucket = null;
        foreach (Bucket each in _buckets)
        {
            if (each.End < until || each.End > latest) continue;
            bucket = each;
            break;
        }

        if (bucket is null) _buckets.Add(bucket = new Bucket(latest));
        bucket.Outcomes.Add(id, outcome);
    }

    /// <summary>Keeps another outcome of a transaction that is known here.</summary>
    public void Replace(Guid id, TransactionOutcome outcome)
    {
        foreach (Bucket bucket in _buckets)
        {
            if (bucket.Outcomes.ContainsKey(id)) bucket.Outcomes[id] = outcome;
        }
    }

    /// <summary>Drops the buckets whose end has come.</summary>
    public void Forget(long now) => _buckets.RemoveAll(bucket => bucket.End <= now);

    private sealed class Bucket(long end)
    {
        public long End { get; } = end;

        public Dictionary<Guid, TransactionOutcome> Outcomes { get; } = [];
    }
}
