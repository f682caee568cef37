using Memento.Journaling;
using Memento.Storage;
using Memento.Tests.Faults;
using Memento.Tests.Transactions;

namespace Memento.Tests.Journals;

public sealed class JournalTests
{
    [Fact]
    public async Task Commits_that_queue_up_during_a_batch_become_the_next_one_in_order()
    {
        await using var scene = new JournalScene();
        PendingCommit first = await scene.AppendAndBlockAsync("first");
        PendingCommit[] rest = [.. Enumerable.Range(0, 50).Select(i => scene.Append($"{i}"))];
        scene.Faults.Unblock();
        foreach (PendingCommit commit in rest)
            await JournalScene.EndOf(commit);

        Assert.Equal(2, scene.Storage.Batches.Count);
        Assert.Equal([first.Entry!], scene.Storage.Batches[0].Entries);
        Assert.Equal(rest.Select(each => each.Entry!), scene.Storage.Batches[1].Entries);
        Assert.Equal(
            rest.Select(each => each.Position), Enumerable.Range(2, 50).Select(i => (long)i));
        Assert.Equal(51, scene.Journal.DurablePosition);
    }

    [Theory]
    [InlineData(Journal.MaxBatch, 2)]
    [InlineData(Journal.MaxBatch + 1, 3)]
    public async Task A_batch_takes_no_more_than_its_limit(int commits, int batches)
    {
        await using var scene = new JournalScene();
        await scene.AppendAndBlockAsync("first");
        PendingCommit[] rest = [.. Enumerable.Range(0, commits).Select(_ => scene.Append("x"))];
        scene.Faults.Unblock();
        await JournalScene.EndOf(rest[^1]);

        Assert.Equal(batches, scene.Storage.Batches.Count);
        Assert.Equal(Journal.MaxBatch, scene.Storage.Batches[1].Entries.Count);
        Assert.All(rest, commit => Assert.True(commit.Durable.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_commit_is_not_durable_before_its_batch_is_written()
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("a");
        Assert.Equal(0, scene.Journal.DurablePosition);
        Assert.False(commit.Durable.IsCompleted);
        scene.Faults.Unblock();
        await JournalScene.EndOf(commit);
        Assert.Equal(1, scene.Journal.DurablePosition);
    }

    [Fact]
    public async Task Disposing_writes_out_what_has_queued_up_and_refuses_what_comes_then()
    {
        var scene = new JournalScene();
        await scene.AppendAndBlockAsync("first");
        PendingCommit[] rest = [.. Enumerable.Range(0, 20).Select(i => scene.Append($"{i}"))];
        Task disposing = scene.Journal.DisposeAsync().AsTask();
        Assert.Throws<StorageException>(
            () => scene.Journal.TryAppend(scene.Make("late"), scene.Journal.Generation));
        Assert.False(disposing.IsCompleted);
        await scene.DisposeAsync();

        Assert.All(rest, commit => Assert.True(commit.Durable.IsCompletedSuccessfully));
        Assert.Equal(21, scene.Storage.Batches.Sum(batch => batch.Entries.Count));
    }

    [Fact]
    public async Task Disposing_ends_when_the_last_batch_fails()
    {
        var scene = new JournalScene();
        PendingCommit first = await scene.AppendAndBlockAsync("first");
        PendingCommit behind = scene.Append("behind", after: first);
        scene.Faults.FailNext(FaultyStorage.DiskFailure);
        ValueTask disposing = scene.Journal.DisposeAsync();
        await scene.DisposeAsync();
        await disposing;
        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(first));
        await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(behind));
    }

    [Fact]
    public async Task A_failed_batch_and_all_that_have_seen_it_are_taken_back_newest_first()
    {
        await using var scene = new JournalScene();
        PendingCommit first = await scene.AppendAndBlockAsync("1");
        PendingCommit second = scene.Append("2", after: first);
        PendingCommit third = scene.Append("3", after: second);
        scene.Faults.FailNext(FaultyStorage.DiskFailure);
        scene.Faults.Unblock();

        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(first));
        await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(second));
        await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(third));
        Assert.Equal(["3", "2", "1"], scene.TakenBack);
        Assert.True(first.HasFailed && second.HasFailed && third.HasFailed);
        Assert.Empty(scene.Storage.Batches);
    }

    [Fact]
    public async Task The_journal_goes_on_after_a_failure_with_commits_behind_it()
    {
        // Its writer once took the signal of commits that were taken back for the end.
        await using var scene = new JournalScene();
        for (int round = 0; round < 3; round++)
        {
            PendingCommit failing = await scene.AppendAndBlockAsync("failing");
            PendingCommit behind = scene.Append("behind", after: failing);
            scene.Faults.FailNext(FaultyStorage.DiskFailure);
            scene.Faults.Unblock();
            await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(failing));
            await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(behind));
            await JournalScene.EndOf(scene.Append("next"));
        }

        Assert.Equal(3, scene.Storage.Batches.Count);
    }

    [Fact]
    public async Task A_transaction_that_has_seen_what_was_taken_back_is_refused()
    {
        await using var scene = new JournalScene();
        int before = scene.Journal.Generation;
        PendingCommit failing = await scene.AppendAndBlockAsync("failing");
        scene.Faults.FailNext(FaultyStorage.DiskFailure);
        scene.Faults.Unblock();
        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(failing));

        Assert.False(scene.Journal.TryAppend(scene.Make("stale", after: failing), before));
        Assert.Equal(before + 2, scene.Journal.Generation);
        await JournalScene.EndOf(scene.Append("fresh"));
    }

    [Fact]
    public async Task A_generation_in_which_commits_are_being_taken_back_takes_none()
    {
        await using var scene = new JournalScene();
        bool? isTaken = null;
        int generation = 0;
        var entry = scene.Make("x").Entry;
        var watching = new CallbackPart(() =>
        {
            generation = scene.Journal.Generation;
            isTaken = scene.Journal.TryAppend(scene.Make("meanwhile"), generation);
        });
        var commit = new PendingCommit(entry, [watching]);
        scene.Faults.FailNext(FaultyStorage.DiskFailure);
        Assert.True(scene.Journal.TryAppend(commit, scene.Journal.Generation));
        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(commit));
        Assert.Equal(1, generation);
        Assert.False(isTaken);
    }

    [Fact]
    public async Task A_flush_ends_after_everything_before_it()
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("a");
        Task flush = scene.Journal.FlushAsync();
        Assert.False(flush.IsCompleted);
        scene.Faults.Unblock();
        await flush;
        Assert.True(commit.Durable.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_flush_ends_when_what_was_before_it_is_taken_back()
    {
        await using var scene = new JournalScene();
        PendingCommit commit = await scene.AppendAndBlockAsync("a");
        Task flush = scene.Journal.FlushAsync();
        scene.Faults.FailNext(FaultyStorage.DiskFailure);
        scene.Faults.Unblock();
        await flush;
        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(commit));
        Assert.Equal(["a"], scene.TakenBack);
    }

    [Fact]
    public async Task A_flush_that_begins_while_commits_are_taken_back_waits_without_spinning()
    {
        await using var scene = new JournalScene();
        var context = new QueueContext();
        Task? flush = null;
        var flushing = new CallbackPart(() =>
        {
            SynchronizationContext? outer = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(context);
            flush = scene.Journal.FlushAsync();
            SynchronizationContext.SetSynchronizationContext(outer);
        });
        var commit = new PendingCommit(scene.Make("x").Entry, [flushing]);
        scene.Faults.FailNext(FaultyStorage.DiskFailure);
        Assert.True(scene.Journal.TryAppend(commit, scene.Journal.Generation));
        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(commit));

        Assert.Equal(0, context.Waiting);
        await flush!.WaitAsync(FaultyStore.LongestWait);
    }

    [Fact]
    public async Task A_fenced_batch_is_run_again_and_discards_only_the_fenced_partition()
    {
        await using var scene = new JournalScene();
        PendingCommit commit = scene.Make("x");
        var both = new PendingCommit(
            commit.Entry,
            [
                new RecordedPart("kept", scene.TakenBack, "t", 1),
                new RecordedPart("fenced", scene.TakenBack, "t", 2),
                new RecordedPart("ram", scene.TakenBack, "t", 2) { IsStored = false },
            ]);
        scene.Faults.FailNext(new FencedException("t", 2));
        Assert.True(scene.Journal.TryAppend(both, scene.Journal.Generation));
        await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(both));
        Assert.Equal(["kept", "fenced", "ram", "discard fenced"], scene.TakenBack);
    }

    [Fact]
    public async Task An_unknown_error_of_the_storage_comes_out_as_a_storage_error()
    {
        await using var scene = new JournalScene();
        scene.Faults.FailNext(new InvalidCastException("odd"));
        var error = await Assert.ThrowsAsync<StorageException>(
            () => JournalScene.EndOf(scene.Append("a")));
        Assert.Contains("odd", error.Message, StringComparison.Ordinal);
    }
}
