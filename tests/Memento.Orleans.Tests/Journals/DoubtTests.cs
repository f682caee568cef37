using Memento.Journaling;
using Memento.Storage;
using Memento.Tests.Conformance;
using Microsoft.Extensions.Logging;

namespace Memento.Tests.Journals;

/// <summary>A batch in doubt, as the journal sees it.</summary>
public sealed class DoubtTests
{
    private static BatchInDoubtException Doubt => new("Perhaps.", FaultyStorage.DiskFailure);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_in_doubt_stands_or_falls_with_what_the_storage_says(bool isIn)
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("commit");
        PendingCommit hasSeen = scene.Append("has seen", after: commit);
        PendingCommit other = scene.Append("other");
        BeInDoubt(scene, isIn);

        await JournalScene.EndOf(other);
        if (isIn)
        {
            await JournalScene.EndOf(commit);
            await JournalScene.EndOf(hasSeen);
            Assert.Empty(scene.TakenBack);
        }
        else
        {
            var error = await Assert.ThrowsAsync<StorageException>(
                () => JournalScene.EndOf(commit));
            Assert.Contains(
                "nothing of the transaction was kept", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(hasSeen));
            Assert.Equal(["has seen", "commit"], scene.TakenBack);
        }
    }

    [Fact]
    public async Task A_storage_that_knows_outcomes_only_settles_a_batch_by_one_of_them()
    {
        var storage = new MemoryJournalStorage { SettlesBatches = false };
        await using var scene = new JournalScene(storage);
        PendingCommit kept = await scene.AppendAndBlockAsync("kept");
        BeInDoubt(scene, isIn: true);
        await JournalScene.EndOf(kept);
        PendingCommit lost = await scene.AppendAndBlockAsync("lost");
        BeInDoubt(scene, isIn: false);
        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(lost));

        Assert.True(Assert.Single(Assert.Single(storage.Batches).Entries).KeepsOutcome);
    }

    [Fact]
    public async Task While_the_storage_cannot_say_everything_waits_and_nothing_more_is_written()
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("commit");
        PendingCommit behind = scene.Append("behind");
        scene.Faults.SettleFault = static () => FaultyStorage.DiskFailure;
        BeInDoubt(scene, isIn: true);
        await Waiting.UntilAsync(() => scene.Faults.Settlements >= 3, "it was asked three times");
        Task flush = scene.Journal.FlushAsync();
        Assert.False(commit.Durable.IsCompleted || behind.Durable.IsCompleted || flush.IsCompleted);
        Assert.Equal(1, scene.Faults.Batches);

        scene.Faults.SettleFault = null;
        await JournalScene.EndOf(commit);
        await JournalScene.EndOf(behind);
        await flush.Within();
        Assert.Empty(scene.TakenBack);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_while_callers_are_told_of_the_doubt_and_new_ones_are_refused(
        bool isIn)
    {
        await using var scene = new JournalScene();
        var id = Guid.NewGuid();
        PendingCommit commit = await scene.AppendAndBlockAsync("commit", id);
        PendingCommit behind = scene.Append("behind", after: commit);
        scene.Faults.SettleFault = static () => FaultyStorage.DiskFailure;
        BeInDoubt(scene, isIn);
        await Waiting.UntilAsync(() => scene.Faults.Settlements > 0, "it was asked");
        Assert.False(commit.Durable.IsCompleted);
        scene.Time.Advance(Journal.LongestDoubt);

        var error = await Assert.ThrowsAsync<TransactionInDoubtException>(
            () => JournalScene.EndOf(commit));
        Assert.Equal(id, error.TransactionId);
        await Assert.ThrowsAsync<TransactionInDoubtException>(() => JournalScene.EndOf(behind));
        var refused = Assert.Throws<StorageException>(
            () => scene.Journal.TryAppend(scene.Make("new"), scene.Journal.Generation));
        Assert.Contains("memory", refused.Message, StringComparison.Ordinal);
        Assert.Empty(scene.TakenBack);

        scene.Faults.SettleFault = null;
        await scene.Journal.FlushAsync().Within();
        Assert.Equal(isIn ? [] : ["behind", "commit"], scene.TakenBack);
        await JournalScene.EndOf(scene.Append("next"));
    }

    [Fact]
    public async Task A_journal_in_doubt_can_be_stopped()
    {
        var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("commit");
        Task flush = scene.Journal.FlushAsync();
        scene.Faults.SettleFault = static () => FaultyStorage.DiskFailure;
        BeInDoubt(scene, isIn: true);
        await Waiting.UntilAsync(() => scene.Faults.Settlements > 0, "it was asked");

        await scene.DisposeAsync();

        await flush.Within();
        await Assert.ThrowsAsync<TransactionInDoubtException>(() => JournalScene.EndOf(commit));
        Assert.Empty(scene.TakenBack);
    }

    [Fact]
    public async Task A_journal_whose_silo_begins_to_stop_waits_no_longer_and_takes_nothing_after()
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("commit");
        PendingCommit behind = scene.Append("behind");
        Task flush = scene.Journal.FlushAsync();
        scene.Faults.SettleFault = static () => FaultyStorage.DiskFailure;
        BeInDoubt(scene, isIn: true);
        await Waiting.UntilAsync(() => scene.Faults.Settlements > 0, "it was asked");
        long durable = scene.Journal.DurablePosition;

        scene.Journal.EndDoubt();

        await flush.Within();
        await Assert.ThrowsAsync<TransactionInDoubtException>(() => JournalScene.EndOf(commit));
        await Assert.ThrowsAsync<TransactionInDoubtException>(() => JournalScene.EndOf(behind));
        scene.Faults.SettleFault = null;
        await scene.Journal.FlushAsync().Within();
        Assert.Throws<StorageException>(
            () => scene.Journal.TryAppend(scene.Make("new"), scene.Journal.Generation));
        Assert.Equal((durable, 1), (scene.Journal.DurablePosition, scene.Faults.Batches));
        Assert.Empty(scene.TakenBack);
    }

    [Fact]
    public async Task A_batch_that_stands_still_is_told_in_the_log_with_how_many_wait()
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("commit");
        scene.Time.Advance(BatchWatch.SlowBatch);
        scene.Time.Advance(BatchWatch.SlowBatch);
        (LogLevel level, string message) = Assert.Single(scene.Log.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("1 commits for 00:00:01", message, StringComparison.Ordinal);

        scene.Faults.Unblock();
        await JournalScene.EndOf(commit);
        Assert.Contains("took 00:00:02", scene.Log.Lines[^1].Message, StringComparison.Ordinal);
        await JournalScene.EndOf(scene.Append("quick"));
        scene.Time.Advance(BatchWatch.SlowBatch);
        Assert.Equal(2, scene.Log.Lines.Count);
    }

    [Fact]
    public async Task A_log_that_fails_changes_nothing_of_a_slow_batch_that_is_durable()
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("commit");
        scene.Time.Advance(BatchWatch.SlowBatch);
        scene.Log.IsBroken = true;
        scene.Faults.Unblock();

        await JournalScene.EndOf(commit);
        Assert.Contains("took 00:00:01", scene.Log.Lines[^1].Message, StringComparison.Ordinal);
        Assert.Empty(scene.TakenBack);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_that_fails_changes_nothing_of_what_becomes_of_a_batch_in_doubt(
        bool isIn)
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("commit");
        PendingCommit hasSeen = scene.Append("has seen", after: commit);
        scene.Log.IsBroken = true;
        scene.Time.Advance(BatchWatch.SlowBatch);
        scene.Faults.SettleFault = static () => FaultyStorage.DiskFailure;
        BeInDoubt(scene, isIn);
        await Waiting.UntilAsync(() => scene.Faults.Settlements > 1, "it was asked again");
        scene.Faults.SettleFault = null;

        await scene.Journal.FlushAsync().Within();
        Assert.Equal(isIn, commit.Durable.IsCompletedSuccessfully);
        Assert.Equal(isIn, hasSeen.Durable.IsCompletedSuccessfully);
        Assert.Equal(isIn ? [] : ["has seen", "commit"], scene.TakenBack);
        await JournalScene.EndOf(scene.Append("next"));
    }

    private static void BeInDoubt(JournalScene scene, bool isIn)
    {
        if (isIn)
            scene.Faults.WriteAndFailNext(Doubt);
        else
            scene.Faults.FailNext(Doubt);
        scene.Faults.Unblock();
    }
}
