using Memento.Tables;
using Memento.Tests.Conformance;
using Memento.Tests.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>A partition whose rows are long in coming from the storage.</summary>
public sealed class SlowLoadTests
{
    [Fact]
    public async Task A_partition_that_loads_keeps_no_other_waiting()
    {
        await using FaultyStore store = await FaultyStore.StartAsync<SqliteUnderTest>();
        TableDefinition table =
            store.Host.Services.GetRequiredService<TableRegistry>().Get<DiskAccount>();
        int[] ids = [.. Enumerable.Range(0, 32)];
        foreach (int id in ids)
            await store.WriteAsync(new DiskAccount { Id = id, Balance = id });
        int slow = PartitionOf(ids[0]);
        int[] others = [.. ids.Where(id => PartitionOf(id) != slow)];
        Assert.NotEmpty(others);

        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await store.RestartAsync(faults => faults.BeforeLoad = (name, number) =>
        {
            if (name != table.Name || number != slow) return Task.CompletedTask;
            begun.TrySetResult();
            return goOn.Task;
        });
        Task<DiskAccount> reading = store.ReadAsync<DiskAccount>(ids[0]);
        Task<DiskAccount?> bySnapshot = store.Memento.SnapshotAsync(
            async snapshot => await snapshot.ReadAsync<DiskAccount>(ids[0]));
        try
        {
            await begun.Task.Within();
            await store.WriteAsync(new RamAccount { Id = 1, Balance = 7 }).Within();
            foreach (int id in others)
            {
                Assert.Equal(id, (await store.ReadAsync<DiskAccount>(id).Within()).Balance);
                await store.WriteAsync(new DiskAccount { Id = id, Balance = -id }).Within();
                Assert.Equal(-id, await store.Memento.SnapshotAsync(async snapshot =>
                    (await snapshot.ReadAsync<DiskAccount>(id))!.Balance).Within());
            }

            Assert.False(reading.IsCompleted);
            Assert.False(bySnapshot.IsCompleted);
        }
        finally
        {
            goOn.TrySetResult();
        }

        Assert.Equal(ids[0], (await reading.Within()).Balance);
        Assert.Equal(ids[0], (await bySnapshot.Within())!.Balance);

        int PartitionOf(int id) => table.PartitionOf(table.KeyCodec.EncodeArgument(id));
    }
}
