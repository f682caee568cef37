using Memento.Commit;
using Memento.Locks;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Storage;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>
/// Transactions that no caller ends, and questions about transactions that are being committed.
/// </summary>
public sealed class LeftTransactionTests : IAsyncLifetime
{
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram));
        var memento = _silo.Services.GetRequiredService<IMemento>();
        await memento.TransactionAsync(static async tx => await tx.AllAsync<Entry>());
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task A_partition_ends_a_transaction_past_its_limit_that_only_the_partition_knows()
    {
        Partition partition = Partitions.All.First();
        var id = Guid.NewGuid();
        PartitionTransaction left = partition.Join(new TransactionHeader(
            id, new TransactionAge(1, id), TimeProvider.System.GetTimestamp()));
        await partition.ExecuteAsync(
            left,
            new LockPartitionOperation(writes: true),
            savepoint: null,
            CancellationToken.None);
        Assert.False(partition.IsIdle());

        await Waiting.UntilAsync(partition.IsIdle, "the partition ends what was left in it");

        Assert.Equal(TransactionPhase.Ended, left.Phase);
    }

    [Fact]
    public async Task A_question_about_a_transaction_that_is_being_committed_waits_for_its_end()
    {
        var registry = _silo.Services.GetRequiredService<TransactionRegistry>();
        var commit = _silo.Services.GetRequiredService<LocalCommit>();
        TransactionState state = Join(registry);
        Assert.True(state.TryBeginCommit());

        Task<TransactionOutcome> asked = commit.DecideAsync(state.Id);
        registry.Remove(state, TransactionOutcome.Committed);

        Assert.Equal(TransactionOutcome.Committed, await asked.Within());
    }

    [Fact]
    public async Task A_question_about_a_transaction_that_is_not_being_committed_ends_it()
    {
        var registry = _silo.Services.GetRequiredService<TransactionRegistry>();
        var commit = _silo.Services.GetRequiredService<LocalCommit>();
        TransactionState state = Join(registry);

        Assert.Equal(TransactionOutcome.Aborted, await commit.DecideAsync(state.Id).Within());

        Assert.False(state.TryBeginCommit());
        Assert.Null(registry.Find(state.Id));
    }

    private PartitionDirectory Partitions
        => _silo.Services.GetRequiredService<PartitionDirectory>();

    private TransactionState Join(TransactionRegistry registry)
    {
        var id = Guid.NewGuid();
        TimeProvider time = TimeProvider.System;
        return registry.Join(id, () => new TransactionState(
            id,
            new TransactionAge(1, id),
            time.GetTimestamp() + (30 * time.TimestampFrequency),
            generation: 0,
            _silo.Services.GetRequiredService<IPartitions>(),
            time)
        {
            IsJoined = true,
        });
    }
}
