using System.Linq.Expressions;
using Memento.Tests.Conformance;

namespace Memento.Tests.Faults;

/// <summary>Snapshots of tables that are deleted and made meanwhile.</summary>
public sealed class SnapshotTableTests
{
    private const int Accounts = 32;

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task A_table_deleted_and_created_again_is_an_error(int silos, bool isClient)
    {
        await using MementoTestCluster cluster = await StartAsync(silos);
        IMemento memento = isClient ? cluster.Memento : cluster.SiloMemento;
        await FillAsync(cluster.Memento);
        await memento.SnapshotAsync(async snapshot =>
        {
            Assert.Equal(Accounts, await snapshot.CountAsync<RamAccount>());
            await cluster.Memento.Tables.DeleteAsync<RamAccount>();
            await cluster.Memento.Tables.CreateAsync<RamAccount>();
            await cluster.Memento.Tables.DeleteAsync<DiskAccount>();
            await cluster.Memento.Tables.CreateAsync<DiskAccount>();
            await FillAsync(cluster.Memento);
            await CheckIsErrorAsync<RamAccount>(snapshot, static each => each.Balance > 0);
            await CheckIsErrorAsync<DiskAccount>(snapshot, static each => each.Balance > 0);
            Assert.Null(await snapshot.ReadAsync<Parcel>(1L));
        }).WaitAsync(TimeSpan.FromMinutes(1));

        await memento.SnapshotAsync(static async snapshot =>
        {
            Assert.Equal(Accounts, (await snapshot.AllAsync<RamAccount>()).Count);
            Assert.Equal(Accounts, await snapshot.CountAsync<DiskAccount>());
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_table_made_after_the_snapshot_is_an_error(int silos)
    {
        await using MementoTestCluster cluster = await StartAsync(silos);
        await cluster.Memento.Tables.DeleteAsync<RamAccount>();
        await cluster.SiloMemento.SnapshotAsync(async snapshot =>
        {
            await cluster.Memento.Tables.CreateAsync<RamAccount>();
            await FillAsync(cluster.Memento);
            await CheckIsErrorAsync<RamAccount>(snapshot, static each => each.Balance > 0);
            Assert.Equal(0, await snapshot.CountAsync<DiskAccount>());
        }).WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task CheckIsErrorAsync<T>(
        ISnapshot snapshot, Expression<Func<T, bool>> condition)
        where T : class
    {
        await CheckAsync(async () =>
        {
            for (int id = 0; id < Accounts; id++)
                await snapshot.ReadAsync<T>(id);
        });
        await CheckAsync(async () => await snapshot.CountAsync<T>());
        await CheckAsync(async () => await snapshot.AllAsync<T>());
        await CheckAsync(async () => await snapshot.Query<T>().Where(condition).ToListAsync());
        await CheckAsync(async () =>
        {
            await foreach (T each in snapshot.Query<T>().AsAsyncEnumerable())
                Assert.Fail($"{each}");
        });

        static async Task CheckAsync(Func<Task> read)
        {
            TableNotFoundException error =
                await Assert.ThrowsAsync<TableNotFoundException>(() => read().Within());
            Assert.Contains("Take another", error.Message, StringComparison.Ordinal);
        }
    }

    private static Task<MementoTestCluster> StartAsync(int silos)
        => MementoTestCluster.StartAsync(
            static builder => builder
                .AddTable<RamAccount>().AddTable<DiskAccount>().AddTable<Parcel>(),
            silos);

    private static Task FillAsync(IMemento memento)
        => memento.TransactionAsync(static async tx =>
        {
            for (int id = 0; id < Accounts; id++)
            {
                await tx.WriteAsync(new RamAccount { Id = id, Balance = 100 });
                await tx.WriteAsync(new DiskAccount { Id = id, Balance = 100 });
            }
        }).WaitAsync(TimeSpan.FromMinutes(1));
}
