using System.Diagnostics.Metrics;

namespace Memento.Diagnostics;

/// <summary>
/// The counters and histograms of a store. Each store has a meter of its own, from the meter
/// factory of its host, so that several silos of one process are kept apart. Without a listener, an
/// instrument records and allocates nothing.
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
    private readonly Counter<long>? _losses;
    private readonly Counter<long>? _stalls;
    private readonly Counter<long>? _taken;
    private readonly Histogram<double>? _lockWaits;
    private readonly Histogram<int>? _batchSizes;
    private readonly Histogram<double>? _batchWrites;

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
            "memento.messages.sent",
            "{message}",
            "Messages of transactions to partitions that are not used directly");
        if (silo is null) return;

        _losses = Meter.CreateCounter<long>(
            "memento.partitions.lost",
            "{partition}",
            "Partitions in ram that began empty because their silo had died");
        _stalls = Meter.CreateCounter<long>(
            "memento.lease.stalls", "{stall}", "Times that the lease of the silo ran out");
        _taken = Meter.CreateCounter<long>(
            "memento.partitions.taken", "{partition}", "Partitions that another silo has taken");
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

    /// <summary>The same counts of transactions, which need no listener.</summary>
    public TransactionCounts Counts { get; } = new();

    public bool WatchesLockWaits => _lockWaits is { Enabled: true };

    public void Committed()
    {
        Counts.Committed();
        Add(_commits);
    }

    /// <summary>A transaction ended without a commit.</summary>
    /// <param name="reason">One of <see cref="AbortReason"/>.</param>
    public void Aborted(string reason)
    {
        Counts.Aborted(reason);
        Add(_aborts, "memento.reason", reason);
    }

    public void Retried()
    {
        Counts.Restarted();
        Add(_retries);
    }

    /// <summary>The lease of the silo has run out.</summary>
    public void LeaseRanOut()
    {
        if (_stalls is { } stalls) Add(stalls);
    }

    /// <summary>Another silo has taken a partition of this one.</summary>
    public void PartitionTaken()
    {
        if (_taken is { } taken) Add(taken);
    }

    /// <summary>A message leaves for a partition in another process.</summary>
    /// <param name="message">The kind of the message.</param>
    public void Sent(string message) => Add(_messages, "memento.message", message);

    /// <summary>A partition of this silo has begun empty.</summary>
    public void PartitionLost(string table)
    {
        if (_losses is not null) Add(_losses, "memento.table", table);
    }

    /// <summary>A wait for a lock has ended.</summary>
    /// <param name="table">The table.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="isGranted">Whether it got the lock.</param>
    /// <param name="failure">
    /// Why it got none; null where its transaction ended meanwhile.
    /// </param>
    public void LockWaited(string table, TimeSpan duration, bool isGranted, Exception? failure)
        => Record(
            _lockWaits,
            duration.TotalSeconds,
            [
                new("memento.table", table),
                new(
                    "memento.result",
                    isGranted ? "granted"
                    : failure is null ? "ended"
                    : AbortReason.Of(failure)),
            ]);

    /// <summary>The storage has answered to a batch, or failed.</summary>
    public void BatchWritten(int commits, TimeSpan duration, bool isKept)
    {
        Record(_batchSizes, commits, []);
        Record(
            _batchWrites,
            duration.TotalSeconds,
            [new("memento.result", isKept ? "kept" : "failed")]);
    }

    private static void Add(Counter<long> counter)
    {
        if (counter.Enabled) Add(counter, []);
    }

    private static void Add(Counter<long> counter, string tag, string value)
    {
        if (counter.Enabled) Add(counter, [new(tag, value)]);
    }

    // Listeners run inside this call and the one below, and nowhere else.
    private static void Add(
        Counter<long> counter, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(1, tags);
        }
        catch (Exception failure)
        {
            ListenerFailure.Tell(counter.Name, failure);
        }
    }

    private static void Record<T>(
        Histogram<T>? histogram, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        if (histogram is not { Enabled: true }) return;

        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception failure)
        {
            ListenerFailure.Tell(histogram.Name, failure);
        }
    }
}
