namespace Memento.Benchmarks;

/// <summary>
/// What some workers can reach at most on a storage, if each waits for its own append before it
/// goes on, whatever the order of writing is.
/// </summary>
/// <param name="Workers">How many workers there are.</param>
/// <param name="Alone">
/// How many appends of one operation a second there are, one after the other: no worker gets an
/// answer sooner.
/// </param>
/// <param name="Together">
/// How many appends a second there are that have an operation of each worker: if there is one
/// append at a time, no more operations fit into it.
/// </param>
internal sealed record ClosedLoop(int Workers, double Alone, double Together)
{
    /// <summary>The most operations a second, if appends overlap without limit.</summary>
    public double Most => Workers * Alone;

    /// <summary>The most operations a second with one append at a time.</summary>
    public double MostInTurn => Workers * Together;

    /// <param name="workers">How many workers there are.</param>
    /// <param name="rowsOfOperation">How many rows an operation writes.</param>
    /// <param name="appendsPerSecond">Measures appends of some rows.</param>
    public static async Task<ClosedLoop> MeasureAsync(
        int workers, int rowsOfOperation, Func<int, Task<double>> appendsPerSecond)
        => new(
            workers,
            await appendsPerSecond(rowsOfOperation),
            await appendsPerSecond(workers * rowsOfOperation));
}
