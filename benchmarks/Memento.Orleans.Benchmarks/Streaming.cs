using System.Diagnostics;

namespace Memento.Benchmarks;

/// <summary>What it takes to stream the whole table by a snapshot.</summary>
/// <param name="Took">The time.</param>
/// <param name="RestBytes">The managed memory before, without garbage.</param>
/// <param name="PeakBytes">The most managed memory meanwhile, garbage included.</param>
/// <param name="HeldBytes">
/// The most managed memory without garbage, at ten places of the stream: what it keeps alive.
/// </param>
internal sealed record Streaming(TimeSpan Took, long RestBytes, long PeakBytes, long HeldBytes)
{
    private const int Places = 10;

    public static async Task<Streaming> MeasureAsync(IMemento memento, TableSize size)
    {
        await StreamAsync(memento, size, static () => { });
        long rest = GC.GetTotalMemory(forceFullCollection: true);
        TimeSpan took = default;
        long peak = await MemoryPeak.MeasureAsync(async () =>
        {
            long started = Stopwatch.GetTimestamp();
            await StreamAsync(memento, size, static () => { });
            took = Stopwatch.GetElapsedTime(started);
        });
        long held = 0;
        await StreamAsync(
            memento,
            size,
            () => held = Math.Max(held, GC.GetTotalMemory(forceFullCollection: true)));
        return new Streaming(took, rest, peak, held);
    }

    private static async Task StreamAsync(IMemento memento, TableSize size, Action atPlace)
    {
        long count = await memento.SnapshotAsync(async snapshot =>
        {
            long seen = 0;
            await foreach (Entry entry in snapshot.Query<Entry>().AsAsyncEnumerable())
            {
                Workload.Require(entry.Body.Length == Entry.BodyLength, "A record has no body.");
                if (++seen % (size.Records / Places) == 0) atPlace();
            }

            return seen;
        });
        Workload.Require(count == size.Records, "The stream had another number of records.");
    }
}
