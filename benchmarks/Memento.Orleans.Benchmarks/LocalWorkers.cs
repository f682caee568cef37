using System.Diagnostics;

namespace Memento.Benchmarks;

/// <summary>Workers in this process, on its store.</summary>
internal sealed class LocalWorkers(BenchmarkTarget target, PauseListener pauses) : IWorkers
{
    // They go on where they were: an inserted key must not be inserted again.
    private readonly Dictionary<int, WorkloadContext> _contexts = [];

    public Task<TimeSpan> LoadAsync(TableSize size) => Records.LoadAsync(target.Memento, size);

    public Task<long> SumAsync() => Records.SumAsync(target.Memento);

    public async Task<RunResult> RunAsync(RunOrder order)
    {
        Workload workload = Workload.Get(order.Workload);
        IReadOnlyList<long> elsewhere =
            workload.NeedsSilos ? target.FindKeysElsewhere(order.Size) : [];
        WorkloadContext[] contexts =
        [
            .. order.Workers.Select(worker => ContextOf(worker, order.Size, elsewhere)),
        ];

        GC.Collect();
        GC.WaitForPendingFinalizers();
        DateTime begun = DateTime.UtcNow;
        long bodies = contexts.Sum(static each => each.Bodies);
        var before = ProcessCounters.Now(target.Journal);
        long started = Stopwatch.GetTimestamp();
        LatencyHistogram latencies = await RunAsync(workload, contexts, order.Duration);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        ProcessCounters used = ProcessCounters.Now(target.Journal).Since(before);
        return new RunResult(
            latencies.Count / elapsed.TotalSeconds,
            latencies,
            used,
            await pauses.LongestAsync(begun, used.Collections),
            contexts.Sum(static each => each.Bodies) - bodies);
    }

    private WorkloadContext ContextOf(int worker, TableSize size, IReadOnlyList<long> elsewhere)
    {
        if (!_contexts.TryGetValue(worker, out WorkloadContext? context))
            _contexts[worker] = context = new WorkloadContext(target.Memento, size, worker);
        context.KeysElsewhere = elsewhere;
        return context;
    }

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
