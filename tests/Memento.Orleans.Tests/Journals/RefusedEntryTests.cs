using Memento.Journaling;
using Memento.Storage;

namespace Memento.Tests.Journals;

/// <summary>An entry that the storage refuses does not make the rest of its batch fail.</summary>
public sealed class RefusedEntryTests
{
    private const string Poison = "poison";

    public static TheoryData<string> Reasons() => ["refused", "fenced", "decided"];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task A_refused_entry_and_what_has_seen_it_are_taken_back_and_the_rest_is_written(
        string reason)
    {
        await using var scene = new JournalScene();
        await scene.AppendAndBlockAsync("first");
        PendingCommit before = scene.Append("before");
        PendingCommit poison = scene.Append(Poison);
        PendingCommit hasSeen = scene.Append("has seen it", after: poison);
        PendingCommit hasSeenThat = scene.Append("has seen that", after: hasSeen);
        PendingCommit other = scene.Append("other", after: before);
        Refuse(scene, poison, reason);
        scene.Faults.Unblock();

        await JournalScene.EndOf(before);
        await JournalScene.EndOf(other);
        await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(hasSeen));
        await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(hasSeenThat));
        if (reason == "refused")
        {
            var error = await Assert.ThrowsAsync<StorageException>(
                () => JournalScene.EndOf(poison));
            Assert.Equal("Too large.", error.Message);
        }
        else
        {
            await Assert.ThrowsAsync<CommitTakenBackException>(() => JournalScene.EndOf(poison));
        }

        string[] takenBack = ["has seen that", "has seen it", Poison];
        Assert.Equal(takenBack, scene.TakenBack.Take(3));
        Assert.Equal([before.Entry!, other.Entry!], scene.Storage.Batches[^1].Entries);
        Assert.Equal(other.Position, scene.Journal.DurablePosition);
    }

    [Fact]
    public async Task Several_refused_entries_of_a_batch_go_one_after_the_other()
    {
        await using var scene = new JournalScene();
        await scene.AppendAndBlockAsync("first");
        PendingCommit[] all =
            [.. Enumerable.Range(0, 20).Select(i => scene.Append(i % 5 == 0 ? Poison : "good"))];
        scene.Faults.Plan = (_, batch) =>
            all.FirstOrDefault(each => each.Entry!.Writes[0].Key[0] == Poison.Length
                && batch.Entries.Contains(each.Entry)) is { } found
                    ? Refusal(found)
                    : null;
        scene.Faults.Unblock();

        for (int i = 0; i < all.Length; i++)
        {
            if (i % 5 == 0)
                await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(all[i]));
            else
                await JournalScene.EndOf(all[i]);
        }

        Assert.Equal(4, scene.TakenBack.Count);
        Assert.Equal(16, scene.Storage.Batches[^1].Entries.Count);
    }

    [Fact]
    public async Task What_stands_behind_a_failed_batch_and_has_not_seen_it_is_written()
    {
        await using var scene = new JournalScene();
        PendingCommit failing = await scene.AppendAndBlockAsync("failing");
        PendingCommit behind = scene.Append("behind");
        scene.Faults.FailNext(FaultyStorage.DiskFailure);
        scene.Faults.Unblock();

        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(failing));
        await JournalScene.EndOf(behind);
        Assert.Equal(["failing"], scene.TakenBack);
    }

    [Fact]
    public async Task A_running_transaction_stands_that_has_seen_nothing_after_what_was_taken_back()
    {
        await using var scene = new JournalScene();
        PendingCommit durable = scene.Append("durable");
        await JournalScene.EndOf(durable);
        int generation = scene.Journal.Generation;
        PendingCommit poison = await scene.AppendAndBlockAsync(Poison);
        Refuse(scene, poison, "refused");
        scene.Faults.Unblock();
        await Assert.ThrowsAsync<StorageException>(() => JournalScene.EndOf(poison));

        Assert.True(scene.Journal.Stands(generation, durable.Position));
        Assert.False(scene.Journal.Stands(generation, poison.Position));
        Assert.True(scene.Journal.Stands(scene.Journal.Generation, poison.Position));
        Assert.True(scene.Journal.TryAppend(scene.Make("later", after: durable), generation));
        Assert.False(scene.Journal.TryAppend(scene.Make("never", after: poison), generation));
    }

    [Theory]
    [InlineData(TakeBackHistory.Length, true)]
    [InlineData(TakeBackHistory.Length + 1, false)]
    public void Take_backs_are_known_up_to_a_number(int count, bool stands)
    {
        var history = new TakeBackHistory();
        for (int i = 0; i < count; i++)
        {
            history.Begin(first: 10);
            history.End();
        }

        Assert.Equal(stands, history.Stands(generation: 0, position: 9));
        Assert.False(history.Stands(generation: 0, position: 10));
    }

    [Fact]
    public void A_transaction_that_began_in_the_midst_of_a_take_back_does_not_stand()
    {
        var history = new TakeBackHistory();
        history.Begin(first: 10);
        Assert.False(history.Stands(history.Generation, position: 0));
        Assert.True(history.Stands(generation: 0, position: 9));
        Assert.False(history.Stands(generation: 0, position: 10));
    }

    private static Fault Refusal(PendingCommit poison)
        => new(new EntryRefusedException(poison.TransactionId, new StorageException("Too large.")));

    private static void Refuse(JournalScene scene, PendingCommit poison, string reason)
        => scene.Faults.Plan = (_, batch) => !batch.Entries.Contains(poison.Entry!)
            ? null
            : reason switch
            {
                "refused" => Refusal(poison),
                "fenced" => new Fault(new FencedException(Poison, 0)),
                _ => new Fault(new OutcomeDecidedException(
                    poison.TransactionId, TransactionOutcome.Aborted)),
            };
}
