using System.Runtime;
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
    long CompiledMethods,
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
        JitInfo.GetCompiledMethodCount(),
        journal.DurablePosition,
        journal.Batches);

    public ProcessCounters Since(ProcessCounters earlier) => new(
        Cpu - earlier.Cpu,
        Allocated - earlier.Allocated,
        GcPause - earlier.GcPause,
        Collections - earlier.Collections,
        Contentions - earlier.Contentions,
        WorkItems - earlier.WorkItems,
        CompiledMethods - earlier.CompiledMethods,
        Commits - earlier.Commits,
        Batches - earlier.Batches);

    public ProcessCounters Plus(ProcessCounters other) => new(
        Cpu + other.Cpu,
        Allocated + other.Allocated,
        GcPause + other.GcPause,
        Collections + other.Collections,
        Contentions + other.Contentions,
        WorkItems + other.WorkItems,
        CompiledMethods + other.CompiledMethods,
        Commits + other.Commits,
        Batches + other.Batches);
}
