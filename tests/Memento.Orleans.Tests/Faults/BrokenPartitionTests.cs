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
    /// One transaction has written a key, another waits for it, and a third finds the fault.
    /// </summary>
    private async Task BreakWhileOthersRunAsync<T>(Func<int, T> make, Func<T, long> balanceOf)
        where T : class
    {
        await using FaultySilo silo = await StartAsync();
        await FillAsync(silo, make);
        TableDefinition table = TableOf<T>(silo);
        Partition first = PartitionOf(silo, table, 1);
        var isWritten = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        int runs = 0, breaks = 0;
        Task holder = silo.Inside.TransactionAsync(async tx =>
        {
            runs++;
            await tx.WriteAsync(make(1));
            isWritten.TrySetResult();
            await mayEnd.Task;
        });
        await isWritten.Task.Within();

        // Only an older transaction waits; this one gives up and comes again until it may read.
        Task<T?> reader = silo.Inside.TransactionAsync(async tx => await tx.ReadAsync<T>(1));
        await silo.Inside.TransactionAsync(async tx =>
        {
            if (++breaks == 1)
            {
                await ((TransactionScope)tx).Sender.SendAsync(
                    table, first.Number, new BreakOperation(), CancellationToken.None);
            }
        }).Within();
        mayEnd.SetResult();
        await holder.Within();

        Assert.Equal(1, balanceOf((await reader.Within())!));
        Assert.Equal(2, breaks);
        Assert.Equal(2, runs);
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
