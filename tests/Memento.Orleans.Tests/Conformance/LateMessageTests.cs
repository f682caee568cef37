using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Locks;
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
        await using TestSilo silo = await TestSilo.StartAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram));
        TableDefinition table = silo.Services.GetRequiredService<TableRegistry>().Get<Entry>();
        var key = table.KeyCodec.EncodeArgument("k");
        IIndexGrain grain = silo.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(table.Name, table.PartitionOf(key)));
        var transaction = Guid.NewGuid();

        await grain.AbortAsync(transaction);
        ExecuteResponse late = await grain.ExecuteAsync(new ExecuteRequest
        {
            TransactionId = transaction,
            Age = new TransactionAge(1, transaction),
            Remaining = TimeSpan.FromSeconds(30),
            Registration = table.Registration,
            Operations = new[]
            {
                new OperationRequest(new ReadOperation(key, writes: true), Savepoint: 0),
            },
        });

        Assert.IsType<NoTransactionException>(Assert.Single(late.Operations).Error);
        Assert.All(
            silo.Services.GetRequiredService<PartitionDirectory>().All,
            static partition => Assert.True(partition.IsIdle()));
    }
}
