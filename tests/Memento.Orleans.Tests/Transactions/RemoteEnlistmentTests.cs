using Memento.Messages;
using Memento.Tests.Conformance;

namespace Memento.Tests.Transactions;

/// <summary>Which messages carry a transaction's operations to a partition elsewhere.</summary>
public sealed class RemoteEnlistmentTests
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
            [1, 1], scene.Grain.Messages.Select(static each => each.Request.Operations.Count));
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

        await OneThread.RunAsync(
            () => Task.WhenAll(scene.Read(1, savepoint: 0), scene.Read(2, savepoint: 3))).Within();

        FakeMessage message = Assert.Single(scene.Grain.Messages);
        Assert.Equal([0, 3], message.Request.Operations.Select(static each => each.Savepoint));
    }

    [Fact]
    public async Task A_rollback_comes_after_what_was_begun_before_it()
    {
        var scene = new RemoteScene { Grain = { Respond = FakeIndexGrain.AnswerAll } };

        await OneThread.RunAsync(async () =>
        {
            Task<object?> begun = scene.Read(1, savepoint: 1);
            await scene.State.RollbackAsync(1);
            await begun;
        }).Within();

        Assert.Equal(["execute 1", "rollback 1"], scene.Grain.Log);
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
