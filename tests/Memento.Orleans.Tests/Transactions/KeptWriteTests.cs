using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tests.Conformance;

namespace Memento.Tests.Transactions;

/// <summary>
/// Which writes to a partition elsewhere are kept back until the seal, because the transaction
/// holds their locks, and with what they leave otherwise.
/// </summary>
public sealed class KeptWriteTests
{
    [Fact]
    public async Task A_write_to_a_record_that_is_locked_for_writing_waits_for_the_seal()
    {
        RemoteScene scene = await LockedAsync();

        Assert.True(await scene.Write(1, "a").Within());

        Assert.Equal(["execute 1"], scene.Grain.Log);
        NamedParticipant named = scene.NameToCommit();
        Assert.Equal("a", scene.TextOf(Assert.Single(named.Writes!)));
        Assert.Equal(1, named.Operations);
        Assert.Null(scene.State.Find(scene.Table, 0) is RemoteParticipant again
            ? again.TakeKept()
            : null);
    }

    [Fact]
    public async Task A_write_after_a_write_waits_too_and_the_last_of_them_is_enough()
    {
        RemoteScene scene = Plain();
        await scene.Write(1, "a").Within();
        await scene.Write(1, "b").Within();
        await scene.Write(1, "c").Within();

        Assert.Equal(["execute 1"], scene.Grain.Log);
        NamedParticipant named = scene.NameToCommit();
        Assert.Equal("c", scene.TextOf(Assert.Single(named.Writes!)));
        Assert.Equal(1, named.Operations);
    }

    [Fact]
    public async Task The_next_operation_takes_the_write_along_and_comes_after_it()
    {
        RemoteScene scene = await LockedAsync();
        await scene.Write(1, "a").Within();

        await scene.Read(2).Within();

        Assert.Equal([[1], [1, 2]], scene.Grain.Messages.Select(scene.KeysOf));
        NamedParticipant named = scene.NameToCommit();
        Assert.Null(named.Writes);
        Assert.Equal(3, named.Operations);
    }

    [Fact]
    public async Task A_write_beside_an_operation_that_is_about_to_leave_goes_with_it()
    {
        RemoteScene scene = await LockedAsync();

        await OneThread.RunAsync(
            () => Task.WhenAll(scene.Read(2), scene.Write(1, "a"), scene.Read(1))).Within();

        Assert.Equal([[1], [2, 1, 1]], scene.Grain.Messages.Select(scene.KeysOf));
        Assert.Equal(4, scene.NameToCommit().Operations);
    }

    [Fact]
    public async Task Deletions_are_answered_by_what_the_transaction_knows_of_the_record()
    {
        RemoteScene scene = await LockedAsync();
        Assert.False(await scene.Delete(1).Within());
        await scene.Write(1, "a").Within();
        Assert.True(await scene.Delete(1).Within());
        Assert.False(await scene.Delete(1).Within());
        await scene.Write(1, "b").Within();

        Assert.Equal(["execute 1"], scene.Grain.Log);
        NamedParticipant named = scene.NameToCommit();
        Assert.Equal(["a", "b"], named.Writes!.Select(scene.TextOf));
        Assert.Equal(1, named.Operations);
    }

    [Theory]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public async Task Without_the_lock_with_indexes_or_beside_a_nested_body_the_write_is_sent(
        bool locks, bool hasNoIndexes, bool isBeside)
    {
        var scene = new RemoteScene(keepsWritesBack: true)
        {
            Grain =
            {
                Respond = hasNoIndexes ? FakeIndexGrain.AnswerPlain : FakeIndexGrain.AnswerAll,
            },
        };
        await scene.Read(1, writes: locks).Within();
        if (isBeside) scene.State.UseSavepoints().BeginBody(around: null);

        await scene.Write(1, "a").Within();

        Assert.Equal(["execute 1", "execute 1"], scene.Grain.Log);
        Assert.Equal(2, scene.NameToCommit().Operations);
    }

    [Fact]
    public async Task What_is_kept_back_under_a_savepoint_is_dropped_with_it_and_its_answers_too()
    {
        RemoteScene scene = await LockedAsync();
        Savepoint savepoint = scene.State.UseSavepoints().BeginBody(around: null);
        await scene.Write(1, "a", savepoint).Within();

        await scene.State.RollbackAsync(savepoint, alsoInGrains: false);
        scene.State.UseSavepoints().End(savepoint);
        Assert.Equal(["execute 1"], scene.Grain.Log);

        // Only the partition knows by now whether there is a record; the lock is still held.
        await scene.Delete(1).Within();
        await scene.Write(1, "b").Within();
        Assert.Equal(["execute 1", "execute 1"], scene.Grain.Log);
        NamedParticipant named = scene.NameToCommit();
        Assert.Equal("b", scene.TextOf(Assert.Single(named.Writes!)));
        Assert.Equal(2, named.Operations);
    }

    [Fact]
    public async Task Writes_of_a_body_and_of_a_nested_one_are_both_kept_back()
    {
        RemoteScene scene = await LockedAsync();
        await scene.Write(1, "outer").Within();
        Savepoint savepoint = scene.State.UseSavepoints().BeginBody(around: null);
        await scene.Write(1, "inner", savepoint).Within();
        scene.State.UseSavepoints().End(savepoint);

        NamedParticipant named = scene.NameToCommit();
        Assert.Equal(["outer", "inner"], named.Writes!.Select(scene.TextOf));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public async Task So_many_bytes_are_kept_back_and_no_more(int tooMany, int messages)
    {
        var scene = Plain();
        await OneThread.RunAsync(() => Task.WhenAll(
            scene.Read(1, writes: true), scene.Read(2, writes: true))).Within();
        int beside = 64 + scene.Table.Serialize(new Note { Id = 1, Text = "" }).Length
            + scene.Table.KeyCodec.EncodeArgument(1).Bytes.Length;
        string half = new('x', (TransactionState.MaxKeptBytes / 2) - beside);

        await scene.Write(1, half).Within();
        await scene.Write(2, half + new string('x', tooMany)).Within();

        Assert.Equal(messages, scene.Grain.Messages.Count);
        if (messages == 2) Assert.Equal([1, 2], scene.KeysOf(scene.Grain.Messages[1]));

        // What has left is not counted any more.
        await scene.Read(3).Within();
        await scene.Write(1, half).Within();
        Assert.Equal(Math.Max(2, messages + 1), scene.Grain.Messages.Count);
    }

    [Fact]
    public async Task A_write_that_fails_when_it_arrives_fails_the_transaction_with_its_error()
    {
        var error = new ArgumentException("says the test");
        RemoteScene scene = await LockedAsync();
        scene.Grain.Respond = request => FakeIndexGrain.Answer(request, each =>
            each.Operation is WriteOperation
                ? new OperationResponse { Error = error }
                : new OperationResponse { Answer = new Answer() });
        await scene.Write(1, "a").Within();

        await scene.Read(2).Within();

        Assert.Same(error, KeptWriteException.Unwrap(scene.State.Doom!));
        await Assert.ThrowsAsync<KeptWriteException>(() => scene.Read(3).Within());
    }

    [Fact]
    public async Task A_write_that_gets_no_answer_is_a_conflict()
    {
        RemoteScene scene = await LockedAsync();
        scene.Grain.Respond = null;
        await scene.Write(1, "a").Within();

        Task<object?> read = scene.Read(2);
        (await scene.MessageAsync(1)).Fail(new TimeoutException("says the test"));

        await Assert.ThrowsAsync<TransactionConflictException>(() => read.Within());
        Assert.IsType<TransactionConflictException>(scene.State.Doom);
    }

    [Fact]
    public async Task The_commit_waits_for_a_write_that_has_left_and_waits_for_its_lock()
    {
        RemoteScene scene = await LockedAsync();
        scene.Grain.Respond = null;
        await scene.Write(1, "a").Within();
        Task<object?> read = scene.Read(2);
        FakeMessage message = await scene.MessageAsync(1);
        message.Answer(FakeIndexGrain.Answer(message.Request, each =>
            each.Operation is WriteOperation
                ? new OperationResponse { IsStillWaiting = true }
                : new OperationResponse { Answer = new Answer() }));
        await read.Within();

        Task arrived = scene.State.WhenKeptArrivedAsync().AsTask();
        FakeMessage again = await scene.MessageAsync(2);
        Assert.Equal([1], scene.KeysOf(again));
        Assert.False(arrived.IsCompleted);
        again.AnswerAll();

        await arrived.Within();
        Assert.Equal(3, scene.NameToCommit().Operations);
    }

    [Fact]
    public async Task Before_a_transactional_grain_call_all_is_sent_and_nothing_is_kept_after_it()
    {
        RemoteScene scene = await LockedAsync();
        await scene.Write(1, "a").Within();

        Assert.Equal([(scene.Table.Name, 0)], scene.State.BeginGrainCall());
        await scene.State.WhenKeptArrivedAsync().AsTask().Within();
        Assert.Equal(["execute 1", "execute 1", "arrive"], scene.Grain.Log);
        Assert.Equal([(scene.Table.Name, 0)], scene.State.BeginGrainCall());
        await scene.Write(1, "b").Within();

        Assert.Equal([[1], [1], [1]], scene.Grain.Messages.Select(scene.KeysOf));
        Assert.Equal(3, scene.NameToCommit().Operations);
    }

    /// <summary>The error of the body is what its caller gets.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_that_was_kept_back_fails_a_transaction_only_before_its_abort(
        bool isAborted)
    {
        RemoteScene scene = await LockedAsync();
        await scene.Write(1, "a").Within();
        scene.Grain.Respond = null;
        scene.State.BeginGrainCall();
        await Waiting.UntilAsync(() => scene.Grain.Messages.Count == 2, "the write has left");
        if (isAborted) Assert.True(scene.State.TryBeginAbort());

        FakeMessage sent = scene.Grain.Messages[1];
        sent.Answer(FakeIndexGrain.Answer(sent.Request, static _ => new OperationResponse
        {
            Error = new NoTransactionException("It has ended."),
        }));
        await scene.State.WhenKeptArrivedAsync().AsTask().Within();

        Assert.Equal(isAborted, scene.State.Doom is null);
    }

    [Fact]
    public async Task A_write_whose_call_is_cancelled_before_is_not_kept_back()
    {
        RemoteScene scene = await LockedAsync();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scene.State.ExecuteAsync(
            scene.Table,
            number: 0,
            new WriteOperation(
                scene.Table.KeyCodec.EncodeArgument(1),
                new Note { Id = 1, Text = "a" },
                scene.Table.IndexSet.Stamp,
                onlyIfAbsent: false),
            savepoint: null,
            cancellation.Token).AsTask().Within());

        Assert.Null(scene.NameToCommit().Writes);
    }

    private static RemoteScene Plain()
        => new(keepsWritesBack: true) { Grain = { Respond = FakeIndexGrain.AnswerPlain } };

    /// <summary>A transaction that has locked the key 1, and has found no record.</summary>
    private static async Task<RemoteScene> LockedAsync()
    {
        RemoteScene scene = Plain();
        Assert.Null(await scene.Read(1, writes: true).Within());
        return scene;
    }
}
