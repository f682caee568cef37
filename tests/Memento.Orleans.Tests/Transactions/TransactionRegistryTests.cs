using Memento.Locks;
using Memento.Participants;
using Memento.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Transactions;

public sealed class TransactionRegistryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TransactionRegistry _registry;

    public TransactionRegistryTests() => _registry = new TransactionRegistry(_time);

    [Fact]
    public async Task No_two_late_messages_make_a_transaction_run_again_that_has_ended()
    {
        for (int round = 0; round < 20_000; round++)
        {
            var id = Guid.NewGuid();
            _registry.Remember(id, TransactionOutcome.Aborted);
            using var together = new Barrier(2);
            Task<bool> Late() => Task.Run(() =>
            {
                together.SignalAndWait();
                return IsRefused(id);
            });

            bool[] refused = await Task.WhenAll(Late(), Late());
            Assert.All(refused, Assert.True);
            Assert.Null(_registry.Find(id));
        }
    }

    [Fact]
    public void Who_removes_a_transaction_ends_it()
    {
        TransactionState state = Begin(TimeSpan.FromSeconds(30));

        _registry.Remove(state, TransactionOutcome.Aborted);

        Assert.Throws<NoTransactionException>(state.ThrowIfOver);
        Assert.Equal(0, _registry.RunningCount);
        Assert.True(IsRefused(state.Id));
    }

    [Fact]
    public void A_transaction_ends_some_time_after_its_limit()
    {
        TransactionState state = Begin(TimeSpan.FromSeconds(30));

        _time.Advance(TimeSpan.FromSeconds(30));
        _registry.Sweep();
        Assert.Same(state, _registry.Find(state.Id));

        _time.Advance(TransactionLimits.Grace);
        _registry.Sweep();
        Assert.Null(_registry.Find(state.Id));
        Assert.Throws<TransactionTimeoutException>(state.ThrowIfOver);
        Assert.Equal(TransactionOutcome.Aborted, _registry.FindOutcome(state.Id));
    }

    [Fact]
    public void No_time_limit_ends_a_transaction_whose_commit_has_begun()
    {
        TransactionState state = Begin(TimeSpan.FromSeconds(30));
        Assert.True(state.TryBeginCommit());

        _time.Advance(TimeSpan.FromHours(1));
        _registry.Sweep();

        Assert.Same(state, _registry.Find(state.Id));
        Assert.Null(state.Doom);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(3_600)]
    public void An_ended_transaction_is_remembered_for_a_time_after_its_limit_and_then_forgotten(
        int seconds)
    {
        TimeSpan limit = TimeSpan.FromSeconds(seconds);
        TransactionState state = Begin(limit);
        _registry.Remove(state, TransactionOutcome.Aborted);

        _time.Advance(limit + TransactionRegistry.Memory);
        _registry.Sweep();
        Assert.Equal(TransactionOutcome.Aborted, _registry.FindOutcome(state.Id));
        Assert.True(IsRefused(state.Id));

        // A bucket keeps its outcomes longer, by up to half of their time.
        _time.Advance((limit + TransactionRegistry.Memory) / 2);
        _registry.Sweep();
        Assert.Null(_registry.FindOutcome(state.Id));
    }

    [Fact]
    public void A_commit_that_ends_after_the_limit_is_remembered_from_its_end()
    {
        TransactionState state = Begin(TimeSpan.FromSeconds(1));
        Assert.True(state.TryBeginCommit());
        _time.Advance(TimeSpan.FromMinutes(10));
        _registry.Remove(state, TransactionOutcome.Committed);

        _time.Advance(TransactionRegistry.Memory);
        _registry.Sweep();

        Assert.Equal(TransactionOutcome.Committed, _registry.FindOutcome(state.Id));
    }

    [Fact]
    public void What_ended_before_it_was_known_here_is_remembered_for_the_longest_limit()
    {
        var id = Guid.NewGuid();
        _registry.Remember(id, TransactionOutcome.Aborted);

        _time.Advance(TransactionLimits.LongestTimeout + TransactionRegistry.Memory);
        _registry.Sweep();

        Assert.True(IsRefused(id));
    }

    private bool IsRefused(Guid id)
    {
        try
        {
            _registry.Join(id, () => New(id, TimeSpan.FromSeconds(30)));
            return false;
        }
        catch (NoTransactionException)
        {
            return true;
        }
    }

    private TransactionState Begin(TimeSpan limit)
    {
        var id = Guid.NewGuid();
        return _registry.Join(id, () => New(id, limit));
    }

    private TransactionState New(Guid id, TimeSpan limit)
        => new(
            id,
            new TransactionAge(1, id),
            _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency),
            generation: 0,
            partitions: null!,
            _time)
        {
            IsJoined = true,
        };
}
