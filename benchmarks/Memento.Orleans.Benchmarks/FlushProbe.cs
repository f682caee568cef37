using System.Diagnostics;

namespace Memento.Benchmarks;

/// <summary>
/// Measures how long the disk takes to make a few kilobytes durable, on which the disk results
/// depend.
/// </summary>
internal static class FlushProbe
{
    private const int Flushes = 50;
    private const int Size = 4_096;

    /// <summary>The median of some fsyncs in a directory.</summary>
    public static TimeSpan Measure(string directory)
    {
        string path = Path.Combine(directory, "flush.probe");
        byte[] page = new byte[Size];
        var times = new List<TimeSpan>(Flushes);
        using var file = new FileStream(
            path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0,
            FileOptions.DeleteOnClose);
        for (int i = 0; i < Flushes; i++)
        {
            long started = Stopwatch.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        times.Sort();
        return times[Flushes / 2];
    }
}
