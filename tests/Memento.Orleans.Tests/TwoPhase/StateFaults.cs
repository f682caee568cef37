using System.Collections.Concurrent;
using System.Globalization;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Disturbs the writes of the states of grains: one fails, is slow, or is kept and fails all the
/// same. The keys of the grains begin with the seed of a schedule, which chooses.
/// </summary>
internal sealed class StateFaults
{
    private readonly ConcurrentDictionary<int, Random> _choices = new();
    private int _count;

    /// <summary>How many writes were disturbed.</summary>
    public int Count => _count;

    public void Begin(int seed) => _choices[seed] = new Random(seed);

    public void End(int seed) => _choices.TryRemove(seed, out _);

    public async Task<Action?> DisturbAsync(string key)
    {
        int seed = int.Parse(key.Split('-')[0], CultureInfo.InvariantCulture);
        if (!_choices.TryGetValue(seed, out Random? random)) return null;

        int choice;
        lock (random)
            choice = random.Next(12);
        if (choice > 2) return null;

        Interlocked.Increment(ref _count);
        if (choice == 0) throw new IOException("The test refuses a write.");
        if (choice == 1) return static () => throw new IOException("The test loses an answer.");
        await Task.Delay(100);
        return null;
    }
}
