using Memento.Keys;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>Messages of a transaction that come after its end.</summary>
public sealed class LateMessageTests
{
    [Fact]
    public async Task An_operation_that_comes_after_the_abort_of_its_transaction_is_refused()
    {
        await using TestSilo silo = await StartAsync();
        IIndexGrain grain = GrainOf(silo, "k", out Key key);
        ExecuteRequest late = Request(silo, new ReadOperation(key, writes: true));

        await grain.AbortAsync(late.TransactionId);
        ExecuteResponse refused = await grain.ExecuteAsync(late);

        Assert.IsType<NoTransactionException>(Assert.Single(refused.Operations).Error);
        Assert.All(
            silo.Services.GetRequiredService<PartitionDirectory>().All,
            static partition => Assert.True(partition.IsIdle()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_operation_that_comes_after_the_rollback_of_its_savepoint_is_refused(
        bool isKnown)
    {
        const long GivenUp = 5, Inside = 6, Beside = 7;
        await using TestSilo silo = await StartAsync();
        IIndexGrain grain = GrainOf(silo, "k", out Key key);
        var read = new ReadOperation(key, writes: true);
        ExecuteRequest late = Request(silo, read);
        if (isKnown) await grain.ExecuteAsync(late);

        await grain.RollbackAsync(
            new RollbackRequest(late.TransactionId, late.Age, late.Remaining, GivenUp));
        ExecuteResponse response = await grain.ExecuteAsync(late with
        {
            Operations = new[]
            {
                new OperationRequest(read, GivenUp),
                new OperationRequest(read, Inside, [GivenUp]),
                new OperationRequest(read, Beside),
                new OperationRequest(read, Savepoint: 0),
            },
        });

        Assert.Equal(
            [true, true, false, false],
            response.Operations.Select(static each => each.Error is NoTransactionException));
        Assert.All(response.Operations.Skip(2), static each => Assert.Null(each.Error));
        await grain.AbortAsync(late.TransactionId);
    }

    [Fact]
    public async Task A_rollback_that_comes_after_the_end_of_its_transaction_begins_nothing()
    {
        await using TestSilo silo = await StartAsync();
        IIndexGrain grain = GrainOf(silo, "k", out Key key);
        ExecuteRequest ended = Request(silo, new ReadOperation(key, writes: true));
        await grain.ExecuteAsync(ended);
        await grain.AbortAsync(ended.TransactionId);

        await grain.RollbackAsync(
            new RollbackRequest(ended.TransactionId, ended.Age, ended.Remaining, Savepoint: 1));

        Assert.Equal(0, silo.Services.GetRequiredService<TransactionRegistry>().RunningCount);
    }

    private static Task<TestSilo> StartAsync()
        => TestSilo.StartAsync(static memento => memento.AddConformanceTables(TableStorage.Ram));

    private static IIndexGrain GrainOf(TestSilo silo, string name, out Key key)
    {
        TableDefinition table = silo.Services.GetRequiredService<TableRegistry>().Get<Entry>();
        key = table.KeyCodec.EncodeArgument(name);
        return silo.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(table.Name, table.PartitionOf(key)));
    }

    private static ExecuteRequest Request(TestSilo silo, Operation operation)
    {
        var id = Guid.NewGuid();
        return new ExecuteRequest
        {
            TransactionId = id,
            Age = new TransactionAge(1, id),
            Remaining = TimeSpan.FromSeconds(30),
            Registration =
                silo.Services.GetRequiredService<TableRegistry>().Get<Entry>().Registration,
            Operations = new[] { new OperationRequest(operation, Savepoint: 0) },
        };
    }
}
