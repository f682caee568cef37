using System.Diagnostics;

namespace Memento.Benchmarks;

/// <summary>Runs a workload with some workers for some time, and measures.</summary>
internal sealed class WorkloadRunner(BenchmarkTarget target, PauseListener pauses)
{
    /// <summary>Enough time for the JIT's second tier of the code of a workload.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The code that all workloads run is compiled in the warm-up of the first one.
    /// </summary>
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(4);

    private TimeSpan _warmUp = FirstWarmUp;

    public async Task<Measurement> MeasureAsync(
        Workload workload, string storage, TableSize size, int workers, TimeSpan duration)
    {
        long sum = workload.KeepsSum ? await Records.SumAsync(target.Memento) : 0;

        WorkloadContext[] contexts =
        [
            .. Enumerable.Range(0, workers)
                .Select(worker => new WorkloadContext(target.Memento, size, worker)),
        ];
        await RunAsync(workload, contexts, _warmUp);
        _warmUp = WarmUp;

        GC.Collect();
        GC.WaitForPendingFinalizers();
        DateTime begun = DateTime.UtcNow;
        var before = ProcessCounters.Now(target.Journal);
        long started = Stopwatch.GetTimestamp();
        LatencyHistogram latencies = await RunAsync(workload, contexts, duration);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        ProcessCounters used = ProcessCounters.Now(target.Journal).Since(before);

        TimeSpan longestPause = await pauses.LongestAsync(begun, used.Collections);
        if (workload.KeepsSum && await Records.SumAsync(target.Memento) != sum)
            throw new InvalidOperationException(
                $"'{workload.Name}' changed the sum of the balances.");

        return Describe(workload, storage, size, workers, latencies, elapsed, used) with
        {
            LongestGcPauseMilliseconds = longestPause.TotalMilliseconds,
        };
    }

    private static Measurement Describe(
        Workload workload,
        string storage,
        TableSize size,
        int workers,
        LatencyHistogram latencies,
        TimeSpan elapsed,
        ProcessCounters used)
        => new()
        {
            Workload = workload.Name,
            Storage = storage,
            Records = size.Records,
            Workers = workers,
            Operations = latencies.Count,
            OperationsPerSecond = latencies.Count / elapsed.TotalSeconds,
            P50Microseconds = latencies.Percentile(0.5).TotalMicroseconds,
            P99Microseconds = latencies.Percentile(0.99).TotalMicroseconds,
            AllocatedBytesPerOperation = (double)used.Allocated / latencies.Count,
            CpuMicrosecondsPerOperation = used.Cpu.TotalMicroseconds / latencies.Count,
            GcPauseMilliseconds = used.GcPause.TotalMilliseconds,
            GcCollections = used.Collections,
            LockContentions = used.Contentions,
            CommitsPerBatch = used.Batches == 0 ? 0 : (double)used.Commits / used.Batches,
            WorkItemsPerOperation = (double)used.WorkItems / latencies.Count,
        };

    private static async Task<LatencyHistogram> RunAsync(
        Workload workload, WorkloadContext[] contexts, TimeSpan duration)
    {
        long end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        LatencyHistogram[] each = await Task.WhenAll(
            contexts.Select(context => Task.Run(() => WorkAsync(workload, context, end))));
        var all = new LatencyHistogram();
        foreach (LatencyHistogram one in each)
            all.Add(one);
        return all;
    }

    private static async Task<LatencyHistogram> WorkAsync(
        Workload workload, WorkloadContext context, long end)
    {
        var latencies = new LatencyHistogram();
        while (true)
        {
            // In ram an operation ends without ever waiting: a worker that did not step back would
            // keep its thread, and 32 workers would be as many as there are cores.
            await Task.Yield();
            long started = Stopwatch.GetTimestamp();
            if (started >= end) return latencies;

            await workload.RunAsync(context);
            latencies.Record(Stopwatch.GetTimestamp() - started);
        }
    }
}
