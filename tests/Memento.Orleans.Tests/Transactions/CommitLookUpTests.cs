using Memento.Commit;
using Memento.Messages;
using Memento.Participants;
using Memento.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Transactions;

/// <summary>The answer to a commit is lost, and the silo is asked what became of it.</summary>
public sealed class CommitLookUpTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RemoteScene _scene = new();

    [Fact]
    public async Task An_abort_that_is_told_while_ends_are_remembered_lets_the_body_run_again()
    {
        CommitResult result = await CommitAsync(
            TransactionOutcome.Aborted, TransactionRegistry.Memory);

        Assert.True(result.MayTryAgain);
        Assert.Equal(["execute 1", "commit", "decide", "abort"], _scene.Grain.Log);
    }

    [Fact]
    public async Task An_abort_that_is_told_after_that_says_nothing_and_the_commit_is_in_doubt()
    {
        CommitResult result = await CommitAsync(
            TransactionOutcome.Aborted, TransactionRegistry.Memory + TimeSpan.FromTicks(1));

        var doubt = Assert.IsType<TransactionInDoubtException>(result.Error);
        Assert.True(result.IsInDoubt);
        Assert.False(result.MayTryAgain);
        Assert.Equal(_scene.State.Id, doubt.TransactionId);
        Assert.IsType<TimeoutException>(doubt.InnerException);

        // Not asked again. The abort frees the locks of what has not begun to commit, and a commit
        // stays.
        Assert.Equal(["execute 1", "commit", "decide", "abort"], _scene.Grain.Log);
    }

    [Fact]
    public async Task A_commit_that_is_told_after_that_is_one()
    {
        CommitResult result = await CommitAsync(
            TransactionOutcome.Committed, TransactionRegistry.Memory + TimeSpan.FromTicks(1));

        Assert.Equal(CommitResult.Committed, result);
    }

    [Fact]
    public async Task A_silo_that_never_says_leaves_the_commit_in_doubt()
    {
        long began = _time.GetTimestamp();
        CommitResult result = await CommitAsync(outcome: null, TimeSpan.Zero);

        Assert.IsType<TransactionInDoubtException>(result.Error);
        Assert.True(_time.GetElapsedTime(began) >= RemoteCommit.LookUpTime);
        Assert.InRange(_scene.Grain.Log.Count(static call => call == "decide"), 10, 40);
        Assert.Equal("abort", _scene.Grain.Log[^1]);
        Assert.Single(_scene.Grain.Log, static call => call == "abort");
    }

    [Fact]
    public async Task A_silo_that_says_after_some_questions_is_believed()
    {
        int asked = 0;
        _scene.Grain.Respond = FakeIndexGrain.AnswerAll;
        _scene.Grain.Commit = static () => throw new TimeoutException("The answer is lost.");
        _scene.Grain.Decide = () => ++asked < 5
            ? throw new TimeoutException("The silo stops.")
            : TransactionOutcome.Committed;
        await _scene.Write(1, "a");

        Assert.Equal(CommitResult.Committed, await CommitAsync());
        Assert.Equal(5, asked);
    }

    /// <param name="outcome">The answer of the silo; null: it does not answer.</param>
    /// <param name="after">The time since the commit was sent.</param>
    private async Task<CommitResult> CommitAsync(TransactionOutcome? outcome, TimeSpan after)
    {
        _scene.Grain.Respond = FakeIndexGrain.AnswerAll;
        _scene.Grain.Commit = static () => throw new TimeoutException("The answer is lost.");
        _scene.Grain.Decide = () =>
        {
            _time.Advance(after);
            return outcome ?? throw new TimeoutException("So is this one.");
        };
        await _scene.Write(1, "a");
        return await CommitAsync(passes: outcome is null);
    }

    /// <param name="passes">Whether time passes in the pauses.</param>
    private async Task<CommitResult> CommitAsync(bool passes = true)
    {
        var committer = new ClientCommitter(
            new RemoteCommit(
                new PartitionGrains(FakeGrainFactory.Of(() => _scene.Grain)),
                _scene.Clock,
                _time,
                NullLogger<RemoteCommit>.Instance),
            _scene);
        Task<CommitResult> committing = committer.CommitAsync(
            _scene.State.Id, _scene.State, OrleansParticipant.None).AsTask();
        while (!committing.IsCompleted)
        {
            if (passes) _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1);
        }

        return await committing;
    }
}
