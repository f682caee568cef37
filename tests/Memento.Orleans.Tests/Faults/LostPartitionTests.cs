using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;
using Memento.Tests.Conformance;
using Memento.Tests.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>A client's transaction whose partition is lost before its commit.</summary>
public sealed class LostPartitionTests
{
    [Fact]
    public async Task A_commit_is_refused_and_forgotten_though_the_lost_partition_cannot_be_opened()
    {
        await using var silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        CommitRequest request = await WriteAndLosePartitionAsync(silo);
        silo.Faults.EpochFault = static () => new IOException("The database is away.");

        CommitResult response = await GrainOf(silo, request).CommitAsync(request).Within();

        Assert.True(response.MayTryAgain);
        Assert.Contains("The database is away.", response.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, silo.Services.GetRequiredService<TransactionRegistry>().RunningCount);
        silo.Faults.EpochFault = null;
        await silo.CheckIdleAsync();
    }

    [Fact]
    public async Task An_abort_cannot_say_that_what_was_read_in_a_lost_partition_stands()
    {
        await using var silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        CommitRequest request = await WriteAndLosePartitionAsync(silo);

        AbortResponse response =
            await GrainOf(silo, request).AbortAndConfirmAsync(request).Within();

        Assert.IsType<TransactionConflictException>(response.Error);
        await silo.CheckIdleAsync();
    }

    private static async Task<CommitRequest> WriteAndLosePartitionAsync(FaultySilo silo)
    {
        TableDefinition table =
            silo.Services.GetRequiredService<TableRegistry>().Get<DiskAccount>();
        var key = table.KeyCodec.EncodeArgument(1);
        var request = new CommitRequest(
            Guid.NewGuid(), [new NamedParticipant(
                table.Name, table.PartitionOf(key), Operations: 1)]);
        ExecuteResponse written = await GrainOf(silo, request).ExecuteAsync(new ExecuteRequest
        {
            TransactionId = request.TransactionId,
            Age = new TransactionAge(1, request.TransactionId),
            Remaining = TimeSpan.FromSeconds(30),
            Registration = table.Registration,
            Operations = [new OperationRequest(new ReadOperation(key, writes: true), Savepoint: 0)],
        }).Within();
        Assert.Null(Assert.Single(written.Operations).Error);

        silo.Services.GetRequiredService<PartitionDirectory>()
            .Find(table.Name, table.PartitionOf(key))!.Discard();
        return request;
    }

    private static IIndexGrain GrainOf(FaultySilo silo, CommitRequest request)
        => silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IIndexGrain>(
            IndexGrainKey.Of(request.Participants[0].Table, request.Participants[0].Number));
}
