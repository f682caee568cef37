using System.Diagnostics;

namespace Memento.Benchmarks;

/// <summary>The times of emptying and deleting a table, and of the writes meanwhile.</summary>
/// <param name="Clear">The call that empties the table.</param>
/// <param name="SlowestWrite">
/// The slowest write, of writes one after the other, in the time after it.
/// </param>
/// <param name="Delete">The call that deletes the table, full again.</param>
internal sealed record Clearing(TimeSpan Clear, TimeSpan SlowestWrite, TimeSpan Delete)
{
    /// <summary>The time that a storage may need to remove the old rows.</summary>
    private static readonly TimeSpan Behind = TimeSpan.FromSeconds(5);

    public static async Task<Clearing> MeasureAsync(IMemento memento, TableSize size)
    {
        TimeSpan clear = await TimeAsync(() => memento.Tables.ClearAsync<Entry>());
        TimeSpan slowest = await WriteAsync(memento);
        await Records.LoadAsync(memento, size);
        TimeSpan delete = await TimeAsync(() => memento.Tables.DeleteAsync<Entry>());
        return new Clearing(clear, slowest, delete);
    }

    private static async Task<TimeSpan> WriteAsync(IMemento memento)
    {
        TimeSpan slowest = TimeSpan.Zero;
        long started = Stopwatch.GetTimestamp();
        for (long key = 0; Stopwatch.GetElapsedTime(started) < Behind; key++)
        {
            long written = key;
            TimeSpan took = await TimeAsync(() => memento.TransactionAsync(async transaction
                => await transaction.WriteAsync(Records.Make(written, "", group: 0))));
            if (took > slowest) slowest = took;
        }

        return slowest;
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> run)
    {
        long started = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(started);
    }
}
