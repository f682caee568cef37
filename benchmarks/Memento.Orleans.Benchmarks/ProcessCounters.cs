using Memento.Journaling;

namespace Memento.Benchmarks;

/// <summary>The process's counters, and the journal's, at one moment.</summary>
internal readonly record struct ProcessCounters(
    TimeSpan Cpu,
    long Allocated,
    TimeSpan GcPause,
    int Collections,
    long Contentions,
    long WorkItems,
    long Commits,
    long Batches)
{
    public static ProcessCounters Now(Journal journal) => new(
        Environment.CpuUsage.TotalTime,
        GC.GetTotalAllocatedBytes(precise: true),
        GC.GetTotalPauseDuration(),
        GC.CollectionCount(0),
        Monitor.LockContentionCount,
        ThreadPool.CompletedWorkItemCount,
        journal.DurablePosition,
        journal.Batches);

    public ProcessCounters Since(ProcessCounters earlier) => new(
        Cpu - earlier.Cpu,
        Allocated - earlier.Allocated,
        GcPause - earlier.GcPause,
        Collections - earlier.Collections,
        Contentions - earlier.Contentions,
        WorkItems - earlier.WorkItems,
        Commits - earlier.Commits,
        Batches - earlier.Batches);
}
