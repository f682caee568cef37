namespace Memento.Journaling;

/// <summary>
/// Says when the journal's next batch may begin: once everybody whom the last one woke is back, or
/// the thread pool has come round to its end twice without bringing another. No clock decides, so a
/// lone writer's commit never waits, and a fast disk costs as little as the pool's turn.
/// </summary>
/// <remarks>
/// A turn is a work item at the end of the pool's queue: when it runs, all that stood before it has
/// begun. Two of them, because a woken caller may step back into the queue once before it commits
/// again.
/// </remarks>
/// <param name="gate">The journal's gate, which guards this too.</param>
internal sealed class BatchGathering(Lock gate) : IThreadPoolWorkItem, IDisposable
{
    /// <summary>How many turns that bring nobody end the gathering.</summary>
    public const int IdleTurns = 2;

    /// <summary>
    /// A pool whose threads are all blocked takes no turns; they may be blocked by what waits here.
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

    /// <summary>After a batch: how many were woken, and how long it took to write.</summary>
    public void Expect(int commits, TimeSpan duration)
    {
        lock (gate)
            _expected = commits;

        // Waiting as long as a batch takes costs at the most what going without them would cost.
        _limit = duration > ShortestLimit ? duration : ShortestLimit;
    }

    /// <summary>A commit has queued up; called under the gate.</summary>
    public void Arrived()
    {
        _arrived++;
        if (--_expected == 0) End();
    }

    /// <summary>
    /// Called by the writer with a commit in the queue: waits for those that belong to it.
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
