namespace Memento.Journaling;

/// <summary>
/// Decides when the journal's next batch may begin: when all callers that the last batch woke have
/// committed again, or after two idle turns of the thread pool. No clock decides. So the commit of
/// a lone writer never waits, and with a fast disk the wait is only a turn of the pool.
/// </summary>
/// <remarks>
/// A turn is a work item at the end of the pool's queue: when it runs, all items before it have
/// begun. There are two turns, because a woken caller may go back into the queue once before it
/// commits again.
/// </remarks>
/// <param name="gate">The journal's gate, which also guards this object.</param>
internal sealed class BatchGathering(Lock gate) : IThreadPoolWorkItem, IDisposable
{
    /// <summary>How many turns without a new commit end the gathering.</summary>
    public const int IdleTurns = 2;

    /// <summary>
    /// A pool whose threads are all blocked takes no turns, and the threads may be blocked by
    /// commits that wait here.
    /// </summary>
    public static readonly TimeSpan ShortestLimit = TimeSpan.FromMilliseconds(1);

    private readonly ManualResetEventSlim _ended = new(initialState: true);
    private TimeSpan _limit = ShortestLimit;
    private int _expected;
    private int _arrived;
    private int _arrivedBefore;
    private int _idleTurns;
    private bool _isGathering;
    private bool _turnIsQueued;

    /// <summary>
    /// Called after a batch, with the number of woken callers and the duration of the write.
    /// </summary>
    public void Expect(int commits, TimeSpan duration)
    {
        lock (gate)
            _expected = commits;

        // Waiting as long as a batch takes costs at the most as much as a batch without these
        // commits.
        _limit = duration > ShortestLimit ? duration : ShortestLimit;
    }

    /// <summary>Called when a commit is queued, under the gate.</summary>
    public void Arrived()
    {
        _arrived++;
        if (--_expected == 0) End();
    }

    /// <summary>
    /// Called by the writer when the queue has a commit. Waits for the other commits of the batch.
    /// </summary>
    public void Wait()
    {
        lock (gate)
        {
            if (_expected <= 0) return;
            _ended.Reset();
            _isGathering = true;
            _idleTurns = 0;
            _arrivedBefore = _arrived;
            if (!_turnIsQueued) QueueTurn();
        }

        _ended.Wait(_limit);
        lock (gate)
            End();
    }

    public void Dispose() => _ended.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        lock (gate)
        {
            _turnIsQueued = false;
            if (!_isGathering) return;

            _idleTurns = _arrived == _arrivedBefore ? _idleTurns + 1 : 0;
            _arrivedBefore = _arrived;
            if (_idleTurns == IdleTurns)
                End();
            else
                QueueTurn();
        }
    }

    private void QueueTurn()
    {
        _turnIsQueued = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void End()
    {
        if (!_isGathering) return;
        _isGathering = false;
        _ended.Set();
    }
}
