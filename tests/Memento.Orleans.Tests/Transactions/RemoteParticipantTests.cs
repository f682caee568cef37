using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tests.Conformance;

namespace Memento.Tests.Transactions;

/// <summary>Which messages carry a transaction's operations to a partition elsewhere.</summary>
public sealed class RemoteParticipantTests
{
    [Fact]
    public async Task Operations_begun_side_by_side_leave_in_one_message_in_the_order_of_the_calls()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };

        await OneThread.RunAsync(
            () => Task.WhenAll(Enumerable.Range(0, 100).Select(id => scene.Read(id)))).Within();

        FakeMessage message = Assert.Single(scene.Grain.Messages);
        Assert.Equal(Enumerable.Range(0, 100), scene.KeysOf(message));
        Assert.Equal(100, scene.Counted);
    }

    [Fact]
    public async Task Operations_of_a_synchronisation_context_leave_together_too()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };
        var context = new QueueContext();
        SynchronizationContext? before = SynchronizationContext.Current;
        Task<object?[]> reads;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            reads = Task.WhenAll(scene.Read(1), scene.Read(2));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.Empty(scene.Grain.Messages);
        context.RunAll();

        await reads.Within();
        Assert.Equal([1, 2], scene.KeysOf(Assert.Single(scene.Grain.Messages)));
    }

    [Fact]
    public async Task An_operation_that_is_awaited_before_the_next_leaves_alone()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };

        await scene.Read(1).Within();
        await scene.Read(2).Within();

        Assert.Equal(
            [1, 1], scene.Grain.Messages.Select(static each => each.Request.Operations.Length));
        Assert.Equal(2, scene.Counted);
    }

    [Fact]
    public async Task What_is_begun_while_a_message_is_under_way_does_not_wait_for_its_answer()
    {
        var scene = new RemoteScene();

        Task<object?> first = scene.Read(1);
        FakeMessage underWay = await scene.MessageAsync(0);
        Task<object?> second = scene.Read(2);
        (await scene.MessageAsync(1)).AnswerAll();

        await second.Within();
        Assert.False(first.IsCompleted);
        underWay.AnswerAll();
        await first.Within();
        Assert.Equal(2, scene.Counted);
    }

    [Fact]
    public async Task Operations_of_different_savepoints_keep_theirs_in_one_message()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };
        Savepoint outer = scene.State.UseSavepoints().BeginBody(around: null);
        Savepoint inner = scene.State.UseSavepoints().BeginBody(outer);

        await OneThread.RunAsync(
            () => Task.WhenAll(scene.Read(1), scene.Read(2, savepoint: inner))).Within();

        ExecuteRequest message = Assert.Single(scene.Grain.Messages).Request;
        Assert.Equal([0, inner.Id], message.Operations.Select(static each => each.Savepoint));
        Assert.Equal([null, [outer.Id]], message.Operations.Select(static each => each.Around));
        Assert.Equal([outer.Id, inner.Id], message.Open!.Ids);
    }

    [Fact]
    public async Task What_has_not_left_when_its_savepoint_is_given_up_does_not_leave()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };
        Savepoint savepoint = scene.State.UseSavepoints().BeginBody(around: null);

        await OneThread.RunAsync(async () =>
        {
            Task<object?> begun = scene.Read(1, savepoint: savepoint);
            Task<object?> outer = scene.Read(2);
            await scene.State.RollbackAsync(savepoint, alsoInGrains: false);
            await Assert.ThrowsAsync<NoTransactionException>(() => begun);
            await outer;
        }).Within();

        Assert.Equal(["execute 1"], scene.Grain.Log);
        Assert.Equal([2], scene.KeysOf(Assert.Single(scene.Grain.Messages)));
    }

    [Fact]
    public async Task What_has_left_when_its_savepoint_is_given_up_is_undone_by_a_message()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };
        Savepoint outer = scene.State.UseSavepoints().BeginBody(around: null);
        Savepoint inner = scene.State.UseSavepoints().BeginBody(outer);
        scene.GrainOf(1).Respond = FakeIndexGrain.AnswerAll;
        await scene.Read(1, savepoint: outer).Within();
        await scene.Read(1, number: 1, savepoint: inner).Within();

        await scene.State.RollbackAsync(inner, alsoInGrains: false);
        Assert.Equal(["execute 1"], scene.Grain.Log);
        await scene.State.RollbackAsync(outer, alsoInGrains: false);

        Assert.Equal(["execute 1", $"rollback {outer.Id}"], scene.Grain.Log);
    }

    [Fact]
    public async Task Operations_whose_partition_is_being_found_are_begun_in_order_of_the_calls()
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var scene = new RemoteScene
        {
            Opening = found.Task,
            Grain = { Respond = FakeIndexGrain.AnswerAll },
        };
        using var cancellation = new CancellationTokenSource();
        Task<bool>[] writes =
            [.. Enumerable.Range(0, 20).Select(i => scene.Write(1, $"{i}"))];
        Task<object?> cancelled = scene.Read(1, cancellationToken: cancellation.Token);
        Task<bool> behindIt = scene.Write(1, "20");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within());

        found.SetResult();
        await Task.WhenAll(writes.Append(behindIt)).Within();

        Assert.Equal(
            Enumerable.Range(0, 21).Select(static i => $"{i}"),
            scene.Grain.Messages.SelectMany(static each => each.Request.Operations).Select(
                each => ((Note)scene.Table.Deserialize(
                    ((WriteOperation)each.Operation).Document)).Text));
    }

    [Fact]
    public async Task An_operation_waits_for_the_answer_to_an_earlier_one_on_its_key()
    {
        var scene = new RemoteScene();
        Task<bool> first = scene.Write(1, "first");
        FakeMessage underWay = await scene.MessageAsync(0);
        Task<bool> second = scene.Write(1, "second");
        Task<object?> behindIt = scene.Read(1);
        Task<bool> other = scene.Write(2, "other");
        FakeMessage passing = await scene.MessageAsync(1);
        Assert.Equal([2], scene.KeysOf(passing));

        // It waits for a lock over there, and is asked for again: it still comes before the second.
        underWay.Answer(FakeIndexGrain.Answer(
            underWay.Request, static _ => new OperationResponse { IsStillWaiting = true }));
        FakeMessage again = await scene.MessageAsync(2);
        Assert.Equal([1], scene.KeysOf(again));
        passing.AnswerAll();
        await other.Within();
        Assert.Equal(3, scene.Grain.Messages.Count);
        again.AnswerAll();

        await first.Within();
        FakeMessage last = await scene.MessageAsync(3);
        Assert.Equal([1, 1], scene.KeysOf(last));
        last.AnswerAll();
        await Task.WhenAll(second, behindIt).Within();
        Assert.Equal(4, scene.Counted);
    }

    [Fact]
    public async Task What_is_begun_before_the_transaction_ends_is_not_sent_after_it()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };

        await OneThread.RunAsync(async () =>
        {
            Task<object?> begun = scene.Read(1);
            scene.State.Abort();
            await Assert.ThrowsAsync<NoTransactionException>(() => begun);
        }).Within();

        Assert.Equal(["abort"], scene.Grain.Log);
        Assert.Equal(0, scene.Counted);
    }

    [Fact]
    public async Task An_abort_that_a_stopping_gateway_refuses_is_sent_again_until_it_arrives()
    {
        var scene = new RemoteScene
        {
            Grain =
            {
                Respond = FakeIndexGrain.AnswerAll,
                RefuseAbort = static number
                    => number < 4 ? new SiloUnavailableException("It stops.") : null,
            },
        };
        await scene.Read(1).Within();

        scene.State.Abort();

        await Waiting.UntilAsync(
            () => scene.Grain.Log is [_, "abort", "abort", "abort", "abort"],
            "the abort arrives with the fourth message");
    }

    [Fact]
    public async Task Without_an_age_one_message_is_under_way_and_the_others_follow_with_its_age()
    {
        var scene = new RemoteScene(hasAge: false);
        Task<object?[]> reads = null!;
        await OneThread.RunAsync(() =>
        {
            reads = Task.WhenAll(
                scene.Read(1), scene.Read(2), scene.Read(3, number: 1), scene.Read(4, number: 2));
            return Task.CompletedTask;
        }).Within();

        FakeMessage first = await scene.MessageAsync(0);
        Task<object?> late = scene.Read(5);
        Assert.Equal([1, 2], scene.KeysOf(first));
        Assert.Null(first.Request.Age);
        Assert.Empty(scene.GrainOf(1).Messages);
        Assert.Empty(scene.GrainOf(2).Messages);
        first.AnswerAll();

        FakeMessage[] others =
        [
            await scene.MessageAsync(0, number: 1),
            await scene.MessageAsync(0, number: 2),
            await scene.MessageAsync(1),
        ];
        Assert.All(others, each => Assert.Equal(scene.State.Age, each.Request.Age));
        foreach (FakeMessage other in others)
            other.AnswerAll();
        await Task.WhenAll(reads, late).Within();
        Assert.Equal(3, scene.Counted);
    }

    [Fact]
    public async Task A_first_message_that_gets_no_age_lets_another_ask_for_it()
    {
        var scene = new RemoteScene(hasAge: false);
        Task<object?> refused = scene.Read(1);
        (await scene.MessageAsync(0)).Answer(new ExecuteResponse
        {
            Age = null,
            Operations = new[]
            {
                new OperationResponse { Error = new TableNotFoundException("Gone.") },
            },
        });
        await Assert.ThrowsAsync<TableNotFoundException>(() => refused.Within());

        Task<object?> second = scene.Read(2);
        FakeMessage message = await scene.MessageAsync(1);
        Assert.Null(message.Request.Age);
        message.AnswerAll();

        await second.Within();
        Assert.NotNull(scene.State.Age);
    }

    [Theory]
    [InlineData(ExecuteRequest.MaxOperations, 1)]
    [InlineData(ExecuteRequest.MaxOperations + 1, 2)]
    public async Task A_message_carries_so_many_operations_and_no_more(int operations, int messages)
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };

        await OneThread.RunAsync(() => Task.WhenAll(
            Enumerable.Range(0, operations).Select(id => scene.Read(id)))).Within();

        Assert.Equal(messages, scene.Grain.Messages.Count);
        Assert.Equal(
            Enumerable.Range(0, operations), scene.Grain.Messages.SelectMany(scene.KeysOf));
        Assert.Equal(operations, scene.Counted);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public async Task A_message_carries_so_many_bytes_and_no_more(int tooMany, int messages)
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };
        int halfWithoutText = scene.Table.Serialize(new Note { Id = 1, Text = "" }).Length
            + scene.Table.KeyCodec.EncodeArgument(1).Bytes.Length;
        string half = new('x', (ExecuteRequest.MaxBytes / 2) - halfWithoutText);

        await OneThread.RunAsync(() => Task.WhenAll(
            scene.Write(1, half), scene.Write(2, half + new string('x', tooMany)))).Within();

        Assert.Equal(messages, scene.Grain.Messages.Count);
        Assert.Equal([1, 2], scene.Grain.Messages.SelectMany(scene.KeysOf));
    }

    [Fact]
    public async Task An_operation_larger_than_a_message_travels_alone()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };

        await OneThread.RunAsync(() => Task.WhenAll(
            scene.Read(1), scene.Write(2, new string('x', ExecuteRequest.MaxBytes)), scene.Read(3)))
            .Within();

        Assert.Equal([[1], [2], [3]], scene.Grain.Messages.Select(scene.KeysOf));
    }
}
