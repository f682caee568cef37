using Memento.Invariants;
using Memento.Locks;
using Memento.Partitions;
using Memento.Tables;
using Memento.Tests.Conformance;
using Memento.Tests.Hosting;
using Memento.Tests.Samples;
using Memento.Tests.Sqlite;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Memento.Tests.Faults;

/// <summary>A partition that finds an invariant broken ends, and no record is lost by it.</summary>
public sealed class BrokenPartitionTests
{
    private const int Accounts = 40;

    private readonly LineLog _log = new();

    [Fact]
    public Task In_ram_its_records_live_on_in_another_partition()
        => BreakWhileOthersRunAsync<RamAccount>(
            static id => new RamAccount { Id = id, Balance = id },
            static account => account.Balance);

    [Fact]
    public Task On_disk_it_is_loaded_again()
        => BreakWhileOthersRunAsync<DiskAccount>(
            static id => new DiskAccount { Id = id, Balance = id },
            static account => account.Balance);

    [Fact]
    public async Task A_commit_stands_whose_locks_cannot_be_released()
    {
        await using FaultySilo silo = await StartAsync();
        await FillAsync(silo, static id => new RamAccount { Id = id, Balance = id });
        TableDefinition table = TableOf<RamAccount>(silo);
        Partition? broken = null;

        await silo.Inside.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new RamAccount { Id = 1, Balance = 100 });
            broken = PartitionOf(silo, table, 1);
            broken.Find(((TransactionScope)tx).Sender.State.Id)!.Manager = new LockManager();
        }).Within();

        Assert.True(broken!.IsClosed);
        Assert.Equal(100, await silo.Inside.TransactionAsync(
            async tx => (await tx.ReadAsync<RamAccount>(1))!.Balance).Within());
        Assert.Equal(Accounts, await silo.Inside.TransactionAsync(
            async tx => await tx.CountAsync<RamAccount>()).Within());
        await silo.CheckIdleAsync();
    }

    [Fact]
    public async Task One_whose_table_was_deleted_meanwhile_does_not_come_back()
    {
        await using FaultySilo silo = await StartAsync();
        await FillAsync(silo, static id => new RamAccount { Id = id, Balance = id });
        Partition partition = PartitionOf(silo, TableOf<RamAccount>(silo), 1);
        var id = Guid.NewGuid();
        PartitionTransaction last = partition.Join(new TransactionHeader(
            id, new TransactionAge(1, id), TimeProvider.System.GetTimestamp()));
        Assert.True(partition.TrySeal(last, operations: 0));

        // It drains for its last commit, which breaks it.
        Task closed = partition.CloseAsync(new TableNotFoundException(nameof(RamAccount)));
        last.Manager = new LockManager();
        partition.Commit(last);
        await closed.Within();

        Assert.Null(partition.TakeContent(durable: 0));
    }

    private static TableDefinition<T> TableOf<T>(FaultySilo silo)
        where T : class
        => silo.Services.GetRequiredService<TableRegistry>().Get<T>();

    private static Partition PartitionOf(FaultySilo silo, TableDefinition table, int id)
        => silo.Services.GetRequiredService<PartitionDirectory>().Find(
            table.Name, table.PartitionOf(table.KeyCodec.EncodeArgument(id)))!;

    private static Task FillAsync<T>(FaultySilo silo, Func<int, T> make)
        where T : class
        => silo.Inside.TransactionAsync(async tx =>
        {
            for (int id = 0; id < Accounts; id++)
                await tx.WriteAsync(make(id));
        }).Within();

    private Task<FaultySilo> StartAsync()
        => FaultySilo.StartAsync<SqliteUnderTest>(builder => builder.ConfigureLogging(
            logging => logging.AddProvider(new LineLogProvider(_log))));

    /// <summary>
    /// One transaction has written a key, an older one waits for it, and a third finds the fault.
    /// </summary>
    private async Task BreakWhileOthersRunAsync<T>(Func<int, T> make, Func<T, long> balanceOf)
        where T : class
    {
        await using FaultySilo silo = await StartAsync();
        await FillAsync(silo, make);
        TableDefinition<T> table = TableOf<T>(silo);
        Partition first = PartitionOf(silo, table, 1);
        TaskCompletionSource hasBegun = new(), mayRead = new(), isWritten = new(), mayEnd = new();
        int reads = 0, writes = 0, breaks = 0;
        Task<T?> reader = silo.Inside.TransactionAsync(async tx =>
        {
            reads++;
            hasBegun.TrySetResult();
            await mayRead.Task;
            return await tx.ReadAsync<T>(1);
        });
        await hasBegun.Task.Within();
        Task writer = silo.Inside.TransactionAsync(async tx =>
        {
            writes++;
            await tx.WriteAsync(make(1));
            isWritten.TrySetResult();
            await mayEnd.Task;
        });
        await isWritten.Task.Within();
        mayRead.SetResult();
        await Waiting.UntilAsync(() => HasWaiter(first), "the older transaction waits");

        await silo.Inside.TransactionAsync(async tx =>
        {
            if (++breaks == 1)
            {
                await ((TransactionScope)tx).Sender.SendAsync(
                    table, first.Number, new BreakOperation(), CancellationToken.None);
            }
        }).Within();

        // Before the writer ends: nothing but the fault has woken it.
        Assert.Equal(1, balanceOf((await reader.Within())!));
        mayEnd.SetResult();
        await writer.Within();
        Assert.Equal((2, 2, 2), (reads, writes, breaks));
        Assert.True(first.IsClosed);
        Assert.NotSame(first, PartitionOf(silo, table, 1));
        IReadOnlyList<T> all = await silo.Inside.TransactionAsync(
            async tx => await tx.AllAsync<T>()).Within();
        Assert.Equal(
            Enumerable.Range(0, Accounts).Select(static id => (long)id),
            all.Select(balanceOf).Order());
        await _log.WaitForAsync($"Partition {first.Number} of table '{table.Name}' found").Within();
        await silo.CheckIdleAsync();
    }

    private static bool HasWaiter(Partition partition)
    {
        List<LockInfo> locks = [];
        partition.DescribeLocks(locks);
        return locks.Exists(static each => each.IsWaiting);
    }

    /// <summary>Finds an invariant broken, as only a fault of the store would.</summary>
    private sealed class BreakOperation : Operation<Done>
    {
        public override AnswerCodec<Done> Codec => AnswerCodecs.Done;

        public override bool TryApply(
            PartitionTransaction transaction, ref LockTaker locks, out Done result)
        {
            result = default;
            Invariant.Holds(false, "a test says so");
            return true;
        }
    }
}
