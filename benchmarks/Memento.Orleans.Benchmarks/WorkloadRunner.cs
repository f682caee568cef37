using System.Diagnostics;

namespace Memento.Benchmarks;

/// <summary>Runs a workload with some workers for some time, and measures.</summary>
/// <param name="workers">The workers.</param>
internal sealed class WorkloadRunner(IWorkers workers)
{
    /// <summary>
    /// A step of the warm-up. The JIT's second tier waits until nothing was new for 100 ms.
    /// </summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>The code that all workloads run is compiled in the first one.</summary>
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A workload is warm when a step has compiled no more methods than that. On a machine that
    /// others keep busy, the JIT is seconds behind.
    /// </summary>
    private const int FewMethods = 100;

    private TimeSpan _warmUp = FirstWarmUp;

    public async Task<Measurement> MeasureAsync(
        Workload workload, string storage, TableSize size, int count, TimeSpan duration)
    {
        long sum = workload.KeepsSum ? await workers.SumAsync() : 0;

        var order = new RunOrder(workload.Name, size, [.. Enumerable.Range(0, count)], _warmUp);
        await WarmUpAsync(order);

        RunResult result = await workers.RunAsync(order with { Duration = duration });
        if (workload.KeepsSum && await workers.SumAsync() != sum)
            throw new InvalidOperationException(
                $"'{workload.Name}' changed the sum of the balances.");

        return Describe(order, storage, result);
    }

    private async Task WarmUpAsync(RunOrder order)
    {
        long started = Stopwatch.GetTimestamp();
        RunResult step;
        do
        {
            step = await workers.RunAsync(order);
            _warmUp = WarmUp;
        }
        while (step.Used.CompiledMethods > FewMethods
            && Stopwatch.GetElapsedTime(started) < LongestWarmUp);
    }

    private static Measurement Describe(RunOrder order, string storage, RunResult result)
    {
        (double operationsPerSecond, LatencyHistogram latencies, ProcessCounters used, _, _) =
            result;
        return new()
        {
            Workload = order.Workload,
            Storage = storage,
            Records = order.Size.Records,
            Workers = order.Workers.Count,
            Operations = latencies.Count,
            OperationsPerSecond = operationsPerSecond,
            P50Microseconds = latencies.Percentile(0.5).TotalMicroseconds,
            P99Microseconds = latencies.Percentile(0.99).TotalMicroseconds,
            AllocatedBytesPerOperation = (double)used.Allocated / latencies.Count,
            CpuMicrosecondsPerOperation = used.Cpu.TotalMicroseconds / latencies.Count,
            GcPauseMilliseconds = used.GcPause.TotalMilliseconds,
            LongestGcPauseMilliseconds = result.LongestPause.TotalMilliseconds,
            GcCollections = used.Collections,
            LockContentions = used.Contentions,
            CommitsPerBatch = used.Batches == 0 ? 0 : (double)used.Commits / used.Batches,
            BodiesPerOperation =
                result.Bodies == 0 ? null : (double)result.Bodies / latencies.Count,
            WorkItemsPerOperation = (double)used.WorkItems / latencies.Count,
        };
    }
}
