using Memento.Snapshots;
using Memento.Tests.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Transactions;

/// <summary>Who asks while one is being taken shares the next one.</summary>
public sealed class SharedTakingTests
{
    private readonly List<Taking> _takings = [];
    private readonly List<string> _left = [];
    private readonly FakeTimeProvider _time = new();
    private readonly SharedTaking<string> _shared;

    public SharedTakingTests() => _shared = new SharedTaking<string>(Take, _left.Add, _time);

    [Fact]
    public async Task Those_who_ask_meanwhile_share_the_next_one_which_lives_as_long_as_any_wants()
    {
        Task<string> first = AskAsync(seconds: 1);
        Taking alone = await TakingAsync(0);
        Task<string>[] others = [AskAsync(seconds: 2), AskAsync(seconds: 9), AskAsync(seconds: 4)];
        Assert.Equal((TimeSpan.FromSeconds(1), 1), (alone.MaxAge, alone.Readers));
        alone.Source.SetResult("first");
        Assert.Equal("first", await first.Within());
        Taking shared = await TakingAsync(1);
        Assert.Equal((TimeSpan.FromSeconds(9), 3), (shared.MaxAge, shared.Readers));
        shared.Source.SetResult("second");
        Assert.Equal(["second", "second", "second"], await Task.WhenAll(others).Within());
        Assert.Equal(2, _takings.Count);
    }

    [Fact]
    public async Task One_that_fails_fails_all_who_share_it_and_no_other()
    {
        Task<string> first = AskAsync();
        Taking failing = await TakingAsync(0);
        Task<string> second = AskAsync();
        failing.Source.SetException(new StorageException("broken"));
        await Assert.ThrowsAsync<StorageException>(() => first.Within());
        (await TakingAsync(1)).Source.SetResult("second");
        Assert.Equal("second", await second.Within());
    }

    [Fact]
    public async Task Who_cancels_leaves_what_is_taken_for_the_others()
    {
        using var cancellation = new CancellationTokenSource();
        Task<string> first = AskAsync();
        Taking alone = await TakingAsync(0);
        Task<string> cancelled = _shared.TakeAsync(TimeSpan.FromSeconds(1), cancellation.Token);
        Task<string> other = AskAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within());
        Assert.Empty(_left);
        alone.Source.SetResult("first");
        await first.Within();
        (await TakingAsync(1)).Source.SetResult("second");
        Assert.Equal("second", await other.Within());
        await Waiting.UntilAsync(() => _left.Count == 1, "it is left");
        Assert.Equal(["second"], _left);
    }

    [Fact]
    public async Task One_that_takes_long_does_not_keep_the_next_one_waiting()
    {
        Task<string> first = AskAsync();
        Taking hanging = await TakingAsync(0);
        Task<string> second = AskAsync();
        await Waiting.UntilAsync(
            () =>
            {
                // Also where the wait begins only now.
                _time.Advance(SharedTaking<string>.Patience);
                lock (_takings) return _takings.Count == 2;
            },
            "the next one is begun");
        (await TakingAsync(1)).Source.SetResult("second");
        Assert.Equal("second", await second.Within());
        Assert.False(first.IsCompleted);
        hanging.Source.SetResult("first");
        Assert.Equal("first", await first.Within());
    }

    [Fact]
    public async Task What_flows_with_the_first_caller_is_not_seen_by_others()
    {
        var flowing = new AsyncLocal<string?>();
        string? seen = "nothing was taken";
        var shared = new SharedTaking<string>(
            (_, _) => Task.FromResult(seen = flowing.Value ?? "nothing flows"),
            static _ => { },
            _time);
        flowing.Value = "the first caller's";
        await shared.TakeAsync(TimeSpan.FromSeconds(1), CancellationToken.None).Within();
        Assert.Equal("nothing flows", seen);
    }

    private Task<string> AskAsync(int seconds = 1)
        => _shared.TakeAsync(TimeSpan.FromSeconds(seconds), CancellationToken.None);

    private Task<string> Take(TimeSpan maxAge, int readers)
    {
        var taking = new Taking(
            maxAge, readers, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_takings) _takings.Add(taking);
        return taking.Source.Task;
    }

    private async Task<Taking> TakingAsync(int place)
    {
        await Waiting.UntilAsync(() => Count() > place, "one is being taken");
        lock (_takings) return _takings[place];

        int Count()
        {
            lock (_takings) return _takings.Count;
        }
    }

    private sealed record Taking(
        TimeSpan MaxAge, int Readers, TaskCompletionSource<string> Source);
}
