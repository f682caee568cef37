namespace Memento.Diagnostics;

/// <summary>
/// Counts from many threads, each processor in a cache line of its own, so that they do not wait
/// for each other.
/// </summary>
internal sealed class StripedCounter
{
    private const int Stripes = 16;

    // 128 bytes: processors fetch two lines at once.
    private const int Stride = 16;

    // The first stripe keeps away from the head of the array.
    private readonly long[] _counts = new long[(Stripes + 1) * Stride];

    public long Sum
    {
        get
        {
            long sum = 0;
            for (int stripe = 1; stripe <= Stripes; stripe++)
                sum += Volatile.Read(ref _counts[stripe * Stride]);
            return sum;
        }
    }

    public void Add(long count)
    {
        int stripe = (Thread.GetCurrentProcessorId() & (Stripes - 1)) + 1;
        Interlocked.Add(ref _counts[stripe * Stride], count);
    }
}
