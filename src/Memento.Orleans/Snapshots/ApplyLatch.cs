namespace Memento.Snapshots;

/// <summary>
/// Keeps commits and cuts apart. A commit is applied inside it, in all its partitions of this
/// silo, and many commits may be inside at once. A cut closes it, so that it sees each commit in
/// all its partitions or in none.
/// </summary>
/// <remarks>
/// What must hold: nobody waits inside it, so that those who are inside leave by themselves. Who
/// finds it closed waits without a thread: a cut over several silos may need every thread to end.
/// </remarks>
internal sealed class ApplyLatch
{
    // A counter has a cache line of its own: commits on different processors share none.
    private const int Stride = 16;

    private readonly long[] _inside;
    private readonly int _mask;
    private volatile bool _holdsReaders;
    private TaskCompletionSource? _closed;

    public ApplyLatch()
    {
        int stripes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2(
            (uint)Environment.ProcessorCount);
        _inside = new long[(stripes + 1) * Stride];
        _mask = stripes - 1;
    }

    /// <summary>
    /// Whether it may be closed for a cut over several silos. A silo in which a transaction has
    /// only read keeps its locks until it is decided then.
    /// </summary>
    public bool HoldsReaders
    {
        get => _holdsReaders;
        set => _holdsReaders = value;
    }

    /// <summary>Goes in; false: it is closed.</summary>
    /// <param name="place">What <see cref="Exit"/> needs.</param>
    public bool TryEnter(out int place)
    {
        place = ((Thread.GetCurrentProcessorId() & _mask) + 1) * Stride;
        Interlocked.Increment(ref _inside[place]);
        if (Volatile.Read(ref _closed) is null) return true;

        // It was counted before the look, so that either it sees the cut or the cut sees it.
        Interlocked.Decrement(ref _inside[place]);
        return false;
    }

    /// <summary>Goes in when it is open. The result is what <see cref="Exit"/> needs.</summary>
    public ValueTask<int> EnterAsync()
        => TryEnter(out int place) ? new(place) : new(EnterLaterAsync());

    public void Exit(int place) => Interlocked.Decrement(ref _inside[place]);

    /// <summary>
    /// Closes it, after others who have closed it have opened it, and waits until nobody is inside.
    /// </summary>
    public ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        var closed =
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _closed, closed, null) is { } earlier)
            return new ValueTask(CloseAfterAsync(earlier, closed, cancellationToken));

        var spinner = new SpinWait();
        while (!IsEmpty())
        {
            if (spinner.NextSpinWillYield) return new ValueTask(EmptyAsync());
            spinner.SpinOnce();
        }

        return default;
    }

    public void Open() => Interlocked.Exchange(ref _closed, null)!.SetResult();

    private async Task<int> EnterLaterAsync()
    {
        while (true)
        {
            if (Volatile.Read(ref _closed) is { } closed) await closed.Task.ConfigureAwait(false);
            if (TryEnter(out int place)) return place;
        }
    }

    private async Task CloseAfterAsync(
        TaskCompletionSource? earlier,
        TaskCompletionSource closed,
        CancellationToken cancellationToken)
    {
        while (earlier is not null)
        {
            await earlier.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            earlier = Interlocked.CompareExchange(ref _closed, closed, null);
        }

        await EmptyAsync().ConfigureAwait(false);
    }

    private async Task EmptyAsync()
    {
        // Those inside run. One that the system has stopped, or that has much to apply, may take
        // milliseconds.
        for (int looks = 0; !IsEmpty(); looks++)
        {
            if (looks < 100)
                await Task.Yield();
            else
                await Task.Delay(1).ConfigureAwait(false);
        }
    }

    private bool IsEmpty()
    {
        // Each leaves by the counter by which it came, so that no counter is ever negative. From
        // now on those who come in leave at once.
        for (int at = Stride; at < _inside.Length; at += Stride)
        {
            if (Volatile.Read(ref _inside[at]) != 0) return false;
        }

        return true;
    }
}
