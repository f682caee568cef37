using Memento.Participants;

namespace Memento.Tests.Transactions;

public sealed class HybridClockTests
{
    private readonly WallTime _time = new() { Ticks = 1_000 };
    private readonly HybridClock _clock;

    public HybridClockTests() => _clock = new HybridClock(_time);

    [Fact]
    public void A_stamp_is_the_time_of_the_machine()
    {
        Assert.Equal(0, _clock.Now);
        Assert.Equal(1_000, _clock.Next());
        _time.Ticks = 5_000;
        Assert.Equal(1_000, _clock.Now);
        Assert.Equal(5_000, _clock.Next());
        Assert.Equal(5_000, _clock.Now);
    }

    [Fact]
    public void Stamps_rise_while_the_clock_of_the_machine_stands_still_or_goes_back()
    {
        Assert.Equal([1_000, 1_001, 1_002], Take(3));
        _time.Ticks = 10;
        Assert.Equal([1_003, 1_004], Take(2));
        _time.Ticks = 1_004;
        Assert.Equal([1_005], Take(1));
        _time.Ticks = 2_000;
        Assert.Equal([2_000], Take(1));
    }

    [Fact]
    public void A_stamp_is_above_all_that_were_observed()
    {
        _clock.Observe(7_000);
        Assert.Equal(7_000, _clock.Now);
        Assert.Equal(7_001, _clock.Next());

        _clock.Observe(6_000);
        _clock.Observe(0);
        _clock.Observe(long.MinValue);
        Assert.Equal(7_001, _clock.Now);
        Assert.Equal(7_002, _clock.Next());
    }

    [Fact]
    public async Task No_stamp_is_given_twice_and_none_is_below_what_its_thread_knows()
    {
        const int threads = 4;
        const int each = 50_000;
        var clock = new HybridClock(TimeProvider.System);
        long[][] taken = await Task.WhenAll(Enumerable.Range(0, threads).Select(
            thread => Task.Run(() =>
            {
                var stamps = new long[each];
                long known = 0;
                for (int i = 0; i < each; i++)
                {
                    if (i % threads == thread) clock.Observe(known = clock.Now + i);
                    stamps[i] = clock.Next();
                    Assert.True(stamps[i] > known, $"{stamps[i]} was given after {known}.");
                    known = stamps[i];
                }

                return stamps;
            })));

        Assert.Equal(threads * each, taken.SelectMany(static stamps => stamps).Distinct().Count());
        Assert.All(taken, static stamps => Assert.Equal(stamps.Order(), stamps));
        Assert.Equal(taken.Max(static stamps => stamps[^1]), clock.Now);
    }

    [Fact]
    public void A_machine_at_the_end_of_time_takes_the_others_along_and_overflows_nothing()
    {
        var wrong = new HybridClock(new WallTime { Ticks = DateTime.MaxValue.Ticks });
        Assert.Equal(HybridClock.LatestTime, wrong.Next());

        _clock.Observe(wrong.Next());
        Assert.Equal(HybridClock.LatestTime + 2, _clock.Next());
    }

    [Fact]
    public void What_cannot_be_a_stamp_is_left_out()
    {
        _clock.Observe(long.MaxValue);
        _clock.Observe(HybridClock.HighestKnown + 1);
        Assert.Equal(0, _clock.Now);

        _clock.Observe(HybridClock.HighestKnown);
        long next = _clock.Next();
        Assert.Equal(HybridClock.HighestKnown + 1, next);
        Assert.Equal(9000, new DateTime(next, DateTimeKind.Utc).Year);
    }

    [Fact]
    public void What_is_closed_is_not_given_any_more()
    {
        Assert.False(_clock.IsClosed(1));

        _clock.Close(9_000);
        _clock.Close(8_000);

        Assert.Equal(9_001, _clock.Next());
        Assert.True(_clock.IsClosed(9_000));
        Assert.False(_clock.IsClosed(9_001));

        // What others have given is not closed.
        _clock.Observe(9_500);
        Assert.False(_clock.IsClosed(9_500));
    }

    private long[] Take(int count)
        => [.. Enumerable.Range(0, count).Select(_ => _clock.Next())];

    private sealed class WallTime : TimeProvider
    {
        public long Ticks { get; set; }

        public override DateTimeOffset GetUtcNow() => new(Ticks, TimeSpan.Zero);
    }
}
