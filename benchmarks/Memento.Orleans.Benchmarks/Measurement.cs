namespace Memento.Benchmarks;

/// <summary>The result of one workload.</summary>
internal sealed record Measurement
{
    public required string Workload { get; init; }

    public required string Storage { get; init; }

    /// <summary>How many records the table had in the beginning.</summary>
    public required int Records { get; init; }

    public required int Workers { get; init; }

    public required long Operations { get; init; }

    public required double OperationsPerSecond { get; init; }

    public required double P50Microseconds { get; init; }

    public required double P99Microseconds { get; init; }

    /// <summary>Of the whole process: with --client of the silo and the client together.</summary>
    public required double AllocatedBytesPerOperation { get; init; }

    /// <summary>
    /// Of the whole process, and the measure that a loaded machine distorts least.
    /// </summary>
    public required double CpuMicrosecondsPerOperation { get; init; }

    public required double GcPauseMilliseconds { get; init; }

    public double LongestGcPauseMilliseconds { get; init; }

    public required int GcCollections { get; init; }

    /// <summary>How often a thread had to wait for a monitor or a <see cref="Lock"/>.</summary>
    public required long LockContentions { get; init; }

    /// <summary>Thread-pool work items: more than one an operation are hand-offs.</summary>
    public required double WorkItemsPerOperation { get; init; }

    /// <summary>
    /// How often the body of a transaction ran, where records are contended; null: not counted.
    /// </summary>
    public double? BodiesPerOperation { get; init; }

    /// <summary>How many commits one fsync made durable; 0 in ram.</summary>
    public required double CommitsPerBatch { get; init; }

    /// <summary>
    /// How many times as long the median operation takes as with the smallest table of the run;
    /// null for that one.
    /// </summary>
    public double? Growth { get; init; }

    /// <summary>
    /// The result of Mnesia; null if it was not run or does not have the workload.
    /// </summary>
    public PeerResult? Peer { get; init; }

    /// <summary>Above 1: faster than the peer.</summary>
    public double? Ratio => OperationsPerSecond / Peer?.OperationsPerSecond;
}
