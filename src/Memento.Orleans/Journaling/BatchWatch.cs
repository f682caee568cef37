namespace Memento.Journaling;

/// <summary>
/// Writes to the log that the storage takes long for a batch, while all writers wait: another
/// program may have the file, or the disk or server may be slow.
/// </summary>
internal sealed class BatchWatch : IDisposable
{
    /// <summary>
    /// A batch that takes longer is logged, once while it is written and once at its end.
    /// </summary>
    public static readonly TimeSpan SlowBatch = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly JournalLog _logger;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private long? _started;
    private int _commits;
    private bool _isTold;

    public BatchWatch(TimeProvider time, JournalLog logger)
    {
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(
            static watch => ((BatchWatch)watch!).Look(), this, SlowBatch, SlowBatch);
    }

    /// <summary>Whether a batch is being written, and takes long.</summary>
    public bool IsSlow
    {
        get
        {
            lock (_gate)
                return _started is { } started && _time.GetElapsedTime(started) >= SlowBatch;
        }
    }

    public void Begin(int commits)
    {
        lock (_gate)
        {
            _started = _time.GetTimestamp();
            _commits = commits;
            _isTold = false;
        }
    }

    public void End()
    {
        lock (_gate)
        {
            if (_isTold)
                StorageLog.SlowBatchEnded(_logger, _commits, _time.GetElapsedTime(_started!.Value));
            _started = null;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            if (_started is not { } started || _isTold) return;

            TimeSpan elapsed = _time.GetElapsedTime(started);
            if (elapsed < SlowBatch) return;
            _isTold = true;
            StorageLog.BatchIsSlow(_logger, _commits, elapsed);
        }
    }
}
