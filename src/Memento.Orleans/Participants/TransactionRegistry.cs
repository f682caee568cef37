using Memento.Storage;

namespace Memento.Participants;

/// <summary>
/// The transactions that run in this process, or that have reached it, by id. Ends those whose time
/// is up, and remembers for a while how those ended that came from elsewhere: late messages of them
/// are refused, and a lost answer can be asked for.
/// </summary>
/// <remarks>
/// What must hold: an id is unknown, running or ended, and goes that way only, one step under the
/// gate of its shard. Whoever takes a transaction out of the running ones ends it, so that nothing
/// that was found here before can begin anything after.
/// </remarks>
internal sealed class TransactionRegistry
{
    /// <summary>
    /// How long an ended transaction is remembered after its time limit, or after its end where
    /// that comes later: a commit's answer and all questions about it
    /// (<see cref="Commit.Committer.LookUps"/>) may each take Orleans' response time-out, and no
    /// message is under way for as long.
    /// </summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private const int ShardCount = 32;

    private readonly TimeProvider _time;
    private readonly Shard[] _shards = new Shard[ShardCount];

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

    /// <summary>Finds a transaction that comes from elsewhere, or lets it begin here.</summary>
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
    /// Forgets a transaction that has ended; keeps the outcome of one from elsewhere.
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
        if (!state.IsCommitting) state.Abort();
    }

    /// <summary>
    /// Ends a running transaction without its writes; false where its commit has begun.
    /// </summary>
    /// <param name="state">The transaction.</param>
    /// <param name="reason">What its caller is told; null: nothing more than it knows.</param>
    public bool TryAbort(TransactionState state, MementoException? reason = null)
    {
        TaskCompletionSource? waiting = null;
        Shard shard = ShardOf(state.Id);
        lock (shard.Gate)
        {
            if (!state.TryEnd(reason)) return false;
            if (shard.Running.Remove(state.Id))
                waiting = EndUnderGate(shard, state, TransactionOutcome.Aborted);
        }

        waiting?.SetResult();
        state.Abort();
        return true;
    }

    /// <summary>
    /// Ends a transaction without its writes, unless its commit has begun. One that is unknown will
    /// not begin any more: its messages may come after this.
    /// </summary>
    public void Abort(Guid id)
    {
        if (Remember(id, TransactionOutcome.Aborted)) return;
        if (Find(id) is { } state) TryAbort(state);
    }

    /// <summary>
    /// Keeps how a transaction ended that is unknown here; false where it is running, or known to
    /// have ended.
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

    public TransactionOutcome? FindOutcome(Guid id)
    {
        Shard shard = ShardOf(id);
        lock (shard.Gate)
            return shard.Ended.Find(id);
    }

    /// <summary>Waits until a transaction is not running; its outcome is known then.</summary>
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

    /// <summary>Ends what has run past its limit, and forgets what ended long ago.</summary>
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

    /// <summary>Keeps how a transaction ended that ran; gives who is to be told.</summary>
    private TaskCompletionSource? EndUnderGate(
        Shard shard, TransactionState state, TransactionOutcome outcome)
    {
        // Of a body of this process nothing can come late but what a grain call of it sends.
        if (state.IsJoined || state.Orleans is { HasLeftCalls: true })
        {
            long now = _time.GetTimestamp();
            long limit = Math.Clamp(
                state.Deadline, now, now + TicksOf(TransactionLimits.LongestTimeout));
            shard.Ended.Add(state.Id, outcome, now, limit + TicksOf(Memory));
        }

        return shard.Waiting.Count > 0 && shard.Waiting.Remove(state.Id, out var waiting)
            ? waiting
            : null;
    }

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
/// How transactions ended, each kept until a time of its own. They lie in buckets that are dropped
/// whole, so that none is ever looked for to be forgotten. Not thread-safe.
/// </summary>
/// <remarks>
/// A bucket takes what is to be kept until its end or a little shorter: at most half of the time
/// that it is to be kept. So there are four buckets where all are kept equally long, and a few more
/// for every doubling of that time; each of them is asked for an id.
/// </remarks>
internal sealed class EndedTransactions
{
    private readonly List<Bucket> _buckets = [];

    /// <summary>How a transaction ended; null where that is not known, or not any more.</summary>
    public TransactionOutcome? Find(Guid id)
    {
        foreach (Bucket bucket in _buckets)
        {
            if (bucket.Outcomes.TryGetValue(id, out TransactionOutcome outcome)) return outcome;
        }

        return null;
    }

    /// <summary>Keeps an outcome; the transaction must not be known here.</summary>
    /// <param name="id">The transaction.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="now">Now, as a timestamp.</param>
    /// <param name="until">The timestamp until which it is kept at least.</param>
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

    /// <summary>Drops the buckets whose end has come.</summary>
    public void Forget(long now) => _buckets.RemoveAll(bucket => bucket.End <= now);

    private sealed class Bucket(long end)
    {
        public long End { get; } = end;

        public Dictionary<Guid, TransactionOutcome> Outcomes { get; } = [];
    }
}
