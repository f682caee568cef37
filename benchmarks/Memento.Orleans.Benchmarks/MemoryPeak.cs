namespace Memento.Benchmarks;

/// <summary>Looks at the managed memory of the process, garbage included, all the time.</summary>
internal static class MemoryPeak
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs something, and returns the most bytes meanwhile.</summary>
    public static async Task<long> MeasureAsync(Func<Task> run)
    {
        GC.Collect();
        long peak = 0;
        using var ended = new CancellationTokenSource();
        Task watching = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(Interval);
            while (!ended.IsCancellationRequested && await timer.WaitForNextTickAsync())
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
        });
        try
        {
            await run();
        }
        finally
        {
            await ended.CancelAsync();
            await watching;
        }

        return peak;
    }
}
