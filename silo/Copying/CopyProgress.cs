using System.Diagnostics;
using System.Globalization;

namespace Memento.Silo.Copying;

/// <summary>Writes a line a second about the copy of a table, and one at its end.</summary>
internal sealed class CopyProgress(string table, long total, TextWriter output) : IProgress<long>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _told;

    public void Report(long value)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
        if (elapsed - _told < Interval) return;

        _told = elapsed;
        Write(value, elapsed);
    }

    public void End(long copied) => Write(copied, Stopwatch.GetElapsedTime(_started));

    private void Write(long copied, TimeSpan elapsed)
    {
        double rate = copied / Math.Max(elapsed.TotalSeconds, 0.001);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {table,-20} {copied,12:N0} of {total,12:N0} records  {rate,10:N0}/s"));
    }
}
