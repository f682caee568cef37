using System.Diagnostics;

namespace Memento.Benchmarks;

/// <summary>What it takes to load the table when a silo starts.</summary>
/// <param name="Load">The first use of a table, which loads all partitions.</param>
/// <param name="PeakBytes">The most managed memory meanwhile, garbage included.</param>
/// <param name="RestBytes">The managed memory afterwards, without garbage.</param>
internal sealed record Restart(TimeSpan Load, long PeakBytes, long RestBytes)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    public static async Task<Restart> MeasureAsync(IMemento memento, TableSize size)
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
        long started = Stopwatch.GetTimestamp();
        long count = await memento.TransactionAsync(
            async transaction => await transaction.CountAsync<Entry>());
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        await ended.CancelAsync();
        await watching;
        Workload.Require(count == size.Records, "Another number of records was loaded.");
        return new Restart(took, peak, GC.GetTotalMemory(forceFullCollection: true));
    }
}
