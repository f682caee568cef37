using System.Diagnostics.Metrics;

namespace Memento.Diagnostics;

/// <summary>
/// The counters and histograms of a store. Each store has a meter of its own, from the meter
/// factory of its host, so that several silos of one process are kept apart. Without a listener, an
/// instrument measures and allocates nothing.
/// </summary>
internal sealed class StoreMetrics
{
    // From half a millisecond, which an fsync takes at least, to the default time limit.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries =
            [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private static readonly InstrumentAdvice<int> Sizes = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
    };

    private readonly Counter<long> _commits;
    private readonly Counter<long> _aborts;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _messages;
    private readonly Histogram<double> _lockWaits;
    private readonly Histogram<int> _batchSizes;
    private readonly Histogram<double> _batchWrites;

    /// <param name="factory">Makes the meter, and disposes of it.</param>
    /// <param name="silo">The name of the silo; null in a client.</param>
    public StoreMetrics(IMeterFactory factory, string? silo)
    {
        Meter = factory.Create(new MeterOptions(MementoTelemetry.Name)
        {
            Version = StoreVersion.Text,
            Tags = silo is null ? null : [new(MementoTelemetry.SiloTag, silo)],
        });
        _commits = Meter.CreateCounter<long>(
            "memento.transaction.commits", "{transaction}", "Transactions that were committed");
        _aborts = Meter.CreateCounter<long>(
            "memento.transaction.aborts", "{transaction}", "Transactions that were not committed");
        _retries = Meter.CreateCounter<long>(
            "memento.transaction.retries", "{attempt}", "Runs of a body after its first");
        _messages = Meter.CreateCounter<long>(
            "memento.messages.sent", "{message}", "Messages to partitions in other processes");
        _lockWaits = Meter.CreateHistogram(
            "memento.lock.wait.duration", "s", "Waits for a lock", tags: null, Seconds);
        _batchSizes = Meter.CreateHistogram(
            "memento.journal.batch.size", "{commit}", "Commits in a batch", tags: null, Sizes);
        _batchWrites = Meter.CreateHistogram(
            "memento.journal.write.duration", "s", "Writes of a batch to the durable storage",
            tags: null, Seconds);
    }

    /// <summary>The meter, for instruments that are observed and not counted.</summary>
    public Meter Meter { get; }

    /// <summary>Whether anybody listens to how transactions end.</summary>
    public bool WatchesTransactions => _commits.Enabled || _aborts.Enabled;

    public bool WatchesLockWaits => _lockWaits.Enabled;

    public void Committed() => _commits.Add(1);

    /// <summary>A transaction ended without a commit.</summary>
    /// <param name="reason">One of <see cref="AbortReason"/>.</param>
    public void Aborted(string reason)
    {
        if (_aborts.Enabled) _aborts.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    public void Retried() => _retries.Add(1);

    /// <summary>A message leaves for a partition in another process.</summary>
    /// <param name="message">The kind of the message.</param>
    public void Sent(string message)
    {
        if (_messages.Enabled)
            _messages.Add(1, new KeyValuePair<string, object?>("message", message));
    }

    /// <summary>A wait for a lock has ended.</summary>
    /// <param name="table">The table.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="failure">Why it got no lock; null where it did.</param>
    public void LockWaited(string table, TimeSpan duration, Exception? failure)
        => _lockWaits.Record(
            duration.TotalSeconds,
            new("table", table),
            new("outcome", failure is null ? "granted" : AbortReason.Of(failure)));

    /// <summary>The storage has answered to a batch, or failed.</summary>
    public void BatchWritten(int commits, TimeSpan duration, bool isKept)
    {
        _batchSizes.Record(commits);
        if (_batchWrites.Enabled)
        {
            _batchWrites.Record(
                duration.TotalSeconds,
                new KeyValuePair<string, object?>("outcome", isKept ? "kept" : "failed"));
        }
    }
}
