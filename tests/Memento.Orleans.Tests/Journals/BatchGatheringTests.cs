using Memento.Journaling;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Journals;

public sealed class BatchGatheringTests
{
    private const int Callers = 8;

    private static readonly TimeSpan Return = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Slow = BatchGathering.WorthWaiting * Return;
    private static readonly TimeSpan Fast = Slow - TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private readonly BatchGathering _gathering;

    public BatchGatheringTests() => _gathering = new BatchGathering(_time);

    [Fact]
    public void After_a_slow_write_a_batch_waits_until_the_last_caller_has_come()
    {
        Round(Slow);
        _gathering.Wake(Callers, Slow);

        Assert.Equal(BatchGathering.Patience * Return, _gathering.TimeToWait());
        for (int i = 1; i < Callers; i++)
            Assert.False(_gathering.Arrive());
        Assert.NotEqual(TimeSpan.Zero, _gathering.TimeToWait());
        Assert.True(_gathering.Arrive());
        Assert.Equal(TimeSpan.Zero, _gathering.TimeToWait());
    }

    [Fact]
    public void After_a_fast_write_a_batch_does_not_wait()
    {
        Round(Fast);
        _gathering.Wake(Callers, Fast);

        Assert.Equal(TimeSpan.Zero, _gathering.TimeToWait());
    }

    [Fact]
    public void Nothing_is_waited_for_before_a_return_was_measured()
    {
        _gathering.Wake(Callers, TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.Zero, _gathering.TimeToWait());
    }

    [Fact]
    public void A_lone_writer_that_has_come_waits_for_nobody()
    {
        Round(Slow);
        _gathering.Wake(1, Slow);

        Assert.True(_gathering.Arrive());
        Assert.Equal(TimeSpan.Zero, _gathering.TimeToWait());
    }

    [Fact]
    public void A_wait_ends_where_callers_stay_away_and_they_are_not_waited_for_again()
    {
        Round(Slow);
        _gathering.Wake(Callers, Slow);
        _time.Advance(BatchGathering.Patience * Return);
        Assert.Equal(TimeSpan.Zero, _gathering.TimeToWait());

        // One comes, and nobody else; the batch takes as long as ever.
        _gathering.Arrive();
        _time.Advance(Slow);
        _gathering.Wake(1, Slow);

        Assert.Equal(TimeSpan.Zero, _gathering.TimeToWait());
    }

    [Fact]
    public void Callers_that_come_again_are_waited_for_after_some_batches()
    {
        _gathering.Wake(Callers, Slow);
        _time.Advance(Slow * 10);
        int rounds = 0;
        do
        {
            Round(Slow * 2);
            Assert.True(++rounds < 100, "Callers that come at once are never waited for.");
            _gathering.Wake(Callers, Slow * 2);
        }
        while (_gathering.TimeToWait() == TimeSpan.Zero);
    }

    /// <summary>A batch whose callers all come again.</summary>
    private void Round(TimeSpan write)
    {
        _gathering.Wake(Callers, write);
        _time.Advance(Return);
        for (int i = 0; i < Callers; i++)
            _gathering.Arrive();
    }
}
