using System.Diagnostics;

namespace Memento.Testing;

/// <summary>Waits for conditions.</summary>
internal static class Polling
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="bound">How long it may take.</param>
    /// <param name="what">Says what was waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static async Task UntilAsync(
        Func<Task<bool>> condition,
        TimeSpan bound,
        Func<string> what,
        CancellationToken cancellationToken = default)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > bound)
                throw new TimeoutException($"It did not happen within {bound}: {what()}.");
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
