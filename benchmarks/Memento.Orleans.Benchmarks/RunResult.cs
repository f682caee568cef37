namespace Memento.Benchmarks;

/// <summary>What workers have done.</summary>
/// <param name="OperationsPerSecond">Operations of all workers in a second.</param>
/// <param name="Latencies">The times of their operations.</param>
/// <param name="Used">What their processes used meanwhile.</param>
/// <param name="LongestPause">The longest stop of all threads of a process.</param>
/// <param name="Bodies">How often bodies have run; 0: the workload does not count them.</param>
internal sealed record RunResult(
    double OperationsPerSecond,
    LatencyHistogram Latencies,
    ProcessCounters Used,
    TimeSpan LongestPause,
    long Bodies)
{
    /// <summary>The result of workers that ran at the same time.</summary>
    public static RunResult Join(IReadOnlyList<RunResult> parts)
    {
        var latencies = new LatencyHistogram();
        ProcessCounters used = default;
        foreach (RunResult part in parts)
        {
            latencies.Add(part.Latencies);
            used = used.Plus(part.Used);
        }

        return new RunResult(
            parts.Sum(static part => part.OperationsPerSecond),
            latencies,
            used,
            parts.Max(static part => part.LongestPause),
            parts.Sum(static part => part.Bodies));
    }
}
