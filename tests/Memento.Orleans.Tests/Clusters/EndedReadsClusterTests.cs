using System.Collections.Concurrent;
using Memento.Messages;
using Memento.Participants;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>
/// A transaction that has only read in one partition of another silo sends no commit.
/// </summary>
public sealed class EndedReadsClusterTests
{
    [Fact]
    public async Task A_read_elsewhere_is_one_message_and_one_that_nobody_waits_for()
    {
        var messages = new ConcurrentQueue<string>();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2,
            static memento => memento.AddTable<Mark>(),
            configureSilo: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(
                new NamingFilter(messages)));
        IMemento memento = cluster.Silos[0].Memento;
        int key = (await cluster.KeysInAsync<Mark, int>(cluster.Silos[1], 1, static id => id))[0];
        await memento.Table<Mark>().PutAsync(new Mark { Id = key, Text = "100" }).Within();
        await cluster.UntilIdleAsync();
        messages.Clear();

        Mark? read = await memento.TransactionAsync(tx => tx.ReadAsync<Mark>(key).AsTask())
            .Within();

        Assert.Equal("100", read?.Text);
        await Waiting.UntilAsync(
            () => messages.Contains(nameof(ISiloMember.EndReadsAsync)), "the reader ends there");
        await cluster.UntilIdleAsync();
        Assert.Equal(
            [nameof(ISiloMember.EndReadsAsync), nameof(IIndexGrain.ExecuteAsync)],
            messages.Order());
    }

    [Theory]
    [InlineData(LockMode.Read)]
    [InlineData(LockMode.Write)]
    public async Task What_a_silo_has_read_is_never_locked_for_its_next_transaction(LockMode mode)
    {
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2, static memento => memento.AddTable<Mark>());
        IMemento memento = cluster.Silos[0].Memento;
        int key = (await cluster.KeysInAsync<Mark, int>(cluster.Silos[1], 1, static id => id))[0];
        var once = new TransactionOptions { MaxAttempts = 1 };

        // A younger transaction that meets the lock of an older one loses its attempt.
        for (int i = 0; i < 300; i++)
        {
            string text = $"{i}";
            await memento.TransactionAsync(
                tx => tx.ReadAsync<Mark>(key, mode).AsTask(), once).Within();
            await memento.TransactionAsync(
                tx => tx.WriteAsync(new Mark { Id = key, Text = text }).AsTask(), once).Within();
        }

        await cluster.UntilIdleAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_elsewhere_is_told_nothing_that_is_not_durable(bool isKept)
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static memento => memento.AddTable<Mark>(
                static table => table.Storage = TableStorage.Disk));
        TestSilo other = await cluster.AddSiloAsync();
        int key = (await cluster.KeysInAsync<Mark, int>(other, 1, static id => id))[0];
        ITable<Mark> there = other.Memento.Table<Mark>();
        await there.PutAsync(new Mark { Id = key, Text = "before" }).Within();
        TestFault held = cluster.Storage.LoseAnswers(isKept);
        Task writing = there.PutAsync(new Mark { Id = key, Text = "after" }).AsTask();
        await held.WhenHitAsync().Within();
        var hasRead = new Signal();

        Task<string?> reading = cluster.SiloMemento.TransactionAsync(async tx =>
        {
            Mark? read = await tx.ReadAsync<Mark>(key);
            hasRead.Set();
            return read?.Text;
        });
        await hasRead.WaitAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(200));

        Assert.False(reading.IsCompleted, "It was told what the disk may not have.");
        held.Dispose();
        Assert.Equal(isKept ? "after" : "before", await reading.Within());
        await (isKept ? writing.Within() : Assert.ThrowsAsync<StorageException>(() => writing));
        await cluster.UntilIdleAsync().Within();
    }

    [Fact]
    public async Task A_transaction_that_reads_and_writes_elsewhere_is_committed_there()
    {
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2, static memento => memento.AddTable<Mark>());
        IMemento memento = cluster.Silos[0].Memento;
        int key = (await cluster.KeysInAsync<Mark, int>(cluster.Silos[1], 1, static id => id))[0];
        await memento.Table<Mark>().PutAsync(new Mark { Id = key, Text = "0" }).Within();

        await memento.TransactionAsync(async tx =>
        {
            Mark read = (await tx.ReadAsync<Mark>(key, LockMode.Write))!;
            await tx.WriteAsync(read with { Text = "1" });
            Assert.Equal("1", (await tx.ReadAsync<Mark>(key))?.Text);
        }).Within();

        Assert.Equal("1", (await memento.Table<Mark>().GetAsync(key).Within())?.Text);
        await cluster.UntilIdleAsync();
    }

    [Fact]
    public async Task A_silo_forgets_a_transaction_that_has_only_read_there()
    {
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2, static memento => memento.AddTable<Mark>());
        int key = (await cluster.KeysInAsync<Mark, int>(cluster.Silos[1], 1, static id => id))[0];

        Guid id = await cluster.Silos[0].Memento.TransactionAsync(async tx =>
        {
            await tx.ReadAsync<Mark>(key);
            return tx.Id;
        }).Within();

        await cluster.UntilIdleAsync();
        Assert.Null(cluster.Silos[1].Services.GetRequiredService<TransactionRegistry>()
            .FindOutcome(id));
    }

    private sealed class NamingFilter(ConcurrentQueue<string> messages) : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            await context.Invoke();
            if (context.InterfaceMethod.DeclaringType!.Namespace == typeof(ISiloMember).Namespace)
                messages.Enqueue(context.InterfaceMethod.Name);
        }
    }
}
