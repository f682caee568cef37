using System.Diagnostics;
using System.Globalization;

namespace Memento.Tests.Chaos;

/// <summary>Watches how long nothing is committed. It is told, and not judged.</summary>
internal sealed class Progress(Func<int> committed)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private TimeSpan _longest;

    /// <summary>The longest time without a commit so far.</summary>
    public TimeSpan Longest => _longest;

    public async Task WatchAsync(CancellationToken ending)
    {
        int before = committed();
        long since = Stopwatch.GetTimestamp();
        while (!ending.IsCancellationRequested)
        {
            await Task.Delay(Look, CancellationToken.None);
            TimeSpan still = Stopwatch.GetElapsedTime(since);
            if (still > _longest) _longest = still;
            int now = committed();
            if (now == before) continue;

            before = now;
            since = Stopwatch.GetTimestamp();
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{committed()} commits, the longest standstill so far {_longest.TotalSeconds:0.0} s");
}
