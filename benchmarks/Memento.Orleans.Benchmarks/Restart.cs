using System.Diagnostics;

namespace Memento.Benchmarks;

/// <summary>What it takes to load the table when a silo starts.</summary>
/// <param name="Load">The first use of a table, which loads all partitions.</param>
/// <param name="PeakBytes">The most managed memory meanwhile, garbage included.</param>
/// <param name="RestBytes">The managed memory afterwards, without garbage.</param>
internal sealed record Restart(TimeSpan Load, long PeakBytes, long RestBytes)
{
    public static async Task<Restart> MeasureAsync(IMemento memento, TableSize size)
    {
        long count = 0;
        TimeSpan took = default;
        long peak = await MemoryPeak.MeasureAsync(async () =>
        {
            long started = Stopwatch.GetTimestamp();
            count = await memento.TransactionAsync(
                async transaction => await transaction.CountAsync<Entry>());
            took = Stopwatch.GetElapsedTime(started);
        });
        Workload.Require(count == size.Records, "Another number of records was loaded.");
        return new Restart(took, peak, GC.GetTotalMemory(forceFullCollection: true));
    }
}
