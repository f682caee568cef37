using System.Diagnostics;
using System.Globalization;

namespace Movies.Output;

/// <summary>Measures a call, and writes its time in the unit that fits.</summary>
internal static class Timing
{
    public static async Task<(T Result, TimeSpan Elapsed)> MeasureAsync<T>(Func<Task<T>> call)
    {
        long started = Stopwatch.GetTimestamp();
        T result = await call();
        return (result, Stopwatch.GetElapsedTime(started));
    }

    public static string Format(TimeSpan elapsed)
        => elapsed switch
        {
            { TotalMilliseconds: < 1 } => Format(elapsed.TotalMicroseconds, "0", "µs"),
            { TotalMilliseconds: < 10 } => Format(elapsed.TotalMilliseconds, "0.0", "ms"),
            { TotalSeconds: < 1 } => Format(elapsed.TotalMilliseconds, "0", "ms"),
            _ => Format(elapsed.TotalSeconds, "0.0", "s"),
        };

    private static string Format(double amount, string format, string unit)
        => amount.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
}
