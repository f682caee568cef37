using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Serialization;

namespace Memento.Benchmarks;

/// <summary>
/// Counts durations in classes that are at most 3 % wide. So recording millions of them allocates
/// nothing and does not change the results.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int ClassBits = 5;
    private const int ClassesPerPower = 1 << ClassBits;

    private readonly long[] _counts;

    public LatencyHistogram() => _counts = new long[64 * ClassesPerPower];

    /// <summary>A histogram of another process.</summary>
    /// <param name="counts">Its <see cref="Counts"/>.</param>
    [JsonConstructor]
    public LatencyHistogram(IReadOnlyList<long> counts)
    {
        _counts = [.. counts];
        Count = _counts.Sum();
    }

    [JsonIgnore]
    public long Count { get; private set; }

    /// <summary>How many durations each class has.</summary>
    public IReadOnlyList<long> Counts => _counts;

    public void Record(long timestamps)
    {
        _counts[ClassOf(timestamps)]++;
        Count++;
    }

    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
    }

    /// <summary>The duration that this share of all does not exceed.</summary>
    public TimeSpan Percentile(double share)
    {
        long wanted = Math.Max(1, (long)(Count * share));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted) return Stopwatch.GetElapsedTime(0, LowerBound(i));
        }

        return TimeSpan.Zero;
    }

    private static int ClassOf(long value)
    {
        if (value < ClassesPerPower) return (int)Math.Max(0, value);
        int power = BitOperations.Log2((ulong)value) - ClassBits;
        return ((power + 1) << ClassBits) + (int)((value >> power) - ClassesPerPower);
    }

    private static long LowerBound(int index)
    {
        if (index < ClassesPerPower) return index;
        int power = (index >> ClassBits) - 1;
        return (long)((index & (ClassesPerPower - 1)) + ClassesPerPower) << power;
    }
}
