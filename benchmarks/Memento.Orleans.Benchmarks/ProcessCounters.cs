namespace Memento.Benchmarks;

/// <summary>The process's counters at one moment.</summary>
internal readonly record struct ProcessCounters(
    TimeSpan Cpu, long Allocated, TimeSpan GcPause, int Collections, long Contentions, long WorkItems)
{
    public static ProcessCounters Now() => new(
        Environment.CpuUsage.TotalTime,
        GC.GetTotalAllocatedBytes(precise: true),
        GC.GetTotalPauseDuration(),
        GC.CollectionCount(0),
        Monitor.LockContentionCount,
        ThreadPool.CompletedWorkItemCount);

    public ProcessCounters Since(ProcessCounters earlier) => new(
        Cpu - earlier.Cpu,
        Allocated - earlier.Allocated,
        GcPause - earlier.GcPause,
        Collections - earlier.Collections,
        Contentions - earlier.Contentions,
        WorkItems - earlier.WorkItems);
}
