using Memento.Snapshots;
using Memento.Tests.Conformance;

namespace Memento.Tests.Partitions;

/// <summary>The latch that keeps commits and cuts apart.</summary>
public sealed class ApplyLatchTests
{
    /// <summary>How often each thread does its part before all end.</summary>
    private const int Turns = 300;

    [Fact]
    public async Task Who_comes_while_it_is_closed_goes_in_when_it_is_opened()
    {
        var latch = new ApplyLatch();
        Assert.True(latch.TryEnter(out int place));
        ValueTask closing = latch.CloseAsync(CancellationToken.None);
        Assert.False(closing.IsCompleted);
        Assert.False(latch.TryEnter(out _));
        Task<int> entering = latch.EnterAsync().AsTask();
        Assert.False(entering.IsCompleted);

        // A commit may leave on another thread than it came.
        await Task.Run(() => latch.Exit(place)).Within();
        await closing.AsTask().Within();
        Assert.False(entering.IsCompleted);
        Assert.False(latch.TryEnter(out _));

        latch.Open();
        latch.Exit(await entering.Within());
        await latch.CloseAsync(CancellationToken.None).AsTask().Within();
        latch.Open();
    }

    [Fact]
    public async Task Who_gives_up_closing_it_leaves_it_as_it_is()
    {
        var latch = new ApplyLatch();
        await latch.CloseAsync(CancellationToken.None).AsTask().Within();
        using var ending = new CancellationTokenSource();
        Task second = latch.CloseAsync(ending.Token).AsTask();
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Within());
        Assert.False(latch.TryEnter(out _));

        latch.Open();
        Assert.True(latch.TryEnter(out int place));
        latch.Exit(place);
        await latch.CloseAsync(CancellationToken.None).AsTask().Within();
        latch.Open();
    }

    /// <summary>
    /// All go on until each has had its turns, so that one who starves fails the test by its bound.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(2, 4)]
    [InlineData(8, 3)]
    public async Task Nobody_is_inside_while_it_is_closed_and_nobody_starves(
        int entering, int closing)
    {
        var latch = new ApplyLatch();
        int inside = 0;
        int isClosed = 0;
        int faults = 0;
        int busy = entering + closing;
        Task[] all =
        [
            .. Enumerable.Range(0, entering).Select(number => RunAsync(async () =>
            {
                int place = latch.TryEnter(out int at) ? at : await latch.EnterAsync();
                Interlocked.Increment(ref inside);
                Look(() => Volatile.Read(ref isClosed) == 0);
                if (number % 2 == 1) await Task.Yield();
                Look(() => Volatile.Read(ref isClosed) == 0);
                Interlocked.Decrement(ref inside);
                latch.Exit(place);
            })),
            .. Enumerable.Range(0, closing).Select(number => RunAsync(async () =>
            {
                await latch.CloseAsync(CancellationToken.None);
                Look(() => Interlocked.Increment(ref isClosed) == 1);
                Look(() => Volatile.Read(ref inside) == 0);
                if (number % 2 == 1) await Task.Yield();
                Look(() => Volatile.Read(ref inside) == 0);
                Interlocked.Decrement(ref isClosed);
                latch.Open();
            })),
        ];
        await Task.WhenAll(all).Within("each has its turns");
        Assert.Equal(0, faults);

        Task RunAsync(Func<Task> turn) => Task.Run(async () =>
        {
            for (int count = 1; count <= Turns || Volatile.Read(ref busy) > 0; count++)
            {
                await turn();
                if (count == Turns) Interlocked.Decrement(ref busy);
            }
        });

        void Look(Func<bool> holds)
        {
            if (!holds()) Interlocked.Increment(ref faults);
        }
    }
}
