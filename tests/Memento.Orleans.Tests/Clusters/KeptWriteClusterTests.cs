using System.Globalization;
using Memento.Messages;
using Memento.Tests.Conformance;
using Memento.Tests.Transactions;

namespace Memento.Tests.Clusters;

/// <summary>
/// Writes that are kept back until the seal, in a body of a silo without the records and in one of
/// a client.
/// </summary>
public sealed class KeptWriteClusterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_sees_what_it_has_kept_back(bool isClient)
    {
        await using SiloCluster cluster = await StartAsync();
        IMemento memento = await MementoAsync(cluster, isClient);
        int id = await KeyAsync(cluster, 1);
        await memento.Table<Mark>().PutAsync(new Mark { Id = id, Text = "0" }).Within();

        await memento.TransactionAsync(async tx =>
        {
            await IncrementAsync(tx, id);
            Assert.Equal("1", (await tx.ReadAsync<Mark>(id))?.Text);
            await IncrementAsync(tx, id);
            Assert.Single(await tx.SelectAsync<Mark>(static mark => mark.Text == "2"));
            await IncrementAsync(tx, id);
            Assert.Equal("3", Assert.Single(await tx.AllAsync<Mark>()).Text);
            Assert.True(await tx.DeleteAsync<Mark>(id));
            Assert.Equal(0, await tx.CountAsync<Mark>());
            Assert.False(await tx.DeleteAsync<Mark>(id));
            await tx.WriteAsync(new Mark { Id = id, Text = "4" });
            Assert.Equal([id], await tx.AllKeysAsync<Mark>());
            Assert.True(await tx.DeleteRecordAsync(new Mark { Id = id, Text = "4" }));
            Assert.Empty(await tx.ReadAllAsync<Mark>(id));
            await tx.WriteAsync(new Mark { Id = id, Text = "5" });
        }).Within();

        Assert.Equal("5", (await memento.Table<Mark>().GetAsync(id).Within())?.Text);
        await cluster.UntilIdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_nested_body_that_is_undone_takes_what_it_kept_back_along(bool isClient)
    {
        await using SiloCluster cluster = await StartAsync();
        IMemento memento = await MementoAsync(cluster, isClient);
        int id = await KeyAsync(cluster, 1), other = await KeyAsync(cluster, 2);
        await memento.Table<Mark>().PutAsync(new Mark { Id = id, Text = "0" }).Within();

        await memento.TransactionAsync(async tx =>
        {
            await IncrementAsync(tx, id);
            await tx.TryNestedAsync(async inner =>
            {
                await IncrementAsync(inner, id);
                await inner.WriteAsync(new Mark { Id = other, Text = "never" });
                await inner.WriteAsync(new Mark { Id = other, Text = "never again" });
                Assert.True(await inner.DeleteAsync<Mark>(id));
                inner.Abort();
            });
            await tx.NestedAsync(inner => IncrementAsync(inner, id));
            Assert.False(await tx.DeleteAsync<Mark>(other));
            Assert.True(await tx.DeleteAsync<Mark>(id));
            await tx.WriteAsync(new Mark { Id = id, Text = "2" });
        }).Within();

        Assert.Equal("2", (await memento.Table<Mark>().GetAsync(id).Within())?.Text);
        Assert.Equal(1, await memento.Table<Mark>().CountAsync().Within());
        await cluster.UntilIdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_whose_partition_moves_before_its_seal_runs_again(bool isClient)
    {
        await using SiloCluster cluster = await StartAsync();
        IMemento memento = await MementoAsync(cluster, isClient);
        int id = await KeyAsync(cluster, 1), other = await KeyAsync(cluster, 2);
        await memento.Table<Mark>().PutAsync(new Mark { Id = id, Text = "0" }).Within();
        await memento.Table<Mark>().PutAsync(new Mark { Id = other, Text = "0" }).Within();
        int attempts = 0;

        await memento.TransactionAsync(async tx =>
        {
            await IncrementAsync(tx, id);
            await IncrementAsync(tx, other);
            if (++attempts == 1) await cluster.MoveAsync<Mark>(id, cluster.Silos[2]);
        }).Within();

        Assert.Equal(2, attempts);
        Assert.Equal("1", (await memento.Table<Mark>().GetAsync(id).Within())?.Text);
        Assert.Equal("1", (await memento.Table<Mark>().GetAsync(other).Within())?.Text);
        await cluster.UntilIdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_grain_call_of_the_transaction_sees_what_was_kept_back(bool isClient)
    {
        await using SiloCluster cluster = await StartAsync(
            static silo => silo.AddIncomingGrainCallFilter<LateFilter>());
        IMemento memento = await MementoAsync(cluster, isClient);
        int id = await KeyAsync(cluster, 1);
        await memento.Table<Mark>().PutAsync(new Mark { Id = id, Text = "0" }).Within();

        await memento.TransactionAsync(async tx =>
        {
            IRecord<Mark> record = memento.GetRecord<Mark>(id);
            await IncrementAsync(tx, id);
            Assert.Equal("1", (await record.ReadAsync())?.Text);
            await record.WriteAsync(new Mark { Id = id, Text = "2" });
            await IncrementAsync(tx, id);
            Assert.Equal("3", (await record.ReadAsync())?.Text);
            Assert.True(await record.DeleteAsync());
            Assert.False(await tx.DeleteAsync<Mark>(id));
            await tx.WriteAsync(new Mark { Id = id, Text = "4" });
            Assert.Equal("4", (await record.ReadAsync())?.Text);
        }).Within();

        Assert.Equal("4", (await memento.Table<Mark>().GetAsync(id).Within())?.Text);
        await cluster.UntilIdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_that_the_silo_cannot_take_fails_the_commit_with_the_same_error(
        bool isClient)
    {
        await using SiloCluster cluster = await StartAsync();
        IMemento memento = await MementoAsync(cluster, isClient);
        int id = (await cluster.KeysInAsync<Touchy, int>(
            cluster.Silos[1], 1, static id => id))[0];
        try
        {
            Exception sent = await Assert.ThrowsAnyAsync<Exception>(
                () => OneThread.RunAsync(() => memento.TransactionAsync(async tx =>
                {
                    Task<Touchy> writing = tx.WriteAsync(new Touchy(id)).AsTask();
                    Touchy.IsTouched = true;
                    await writing;
                })).Within());
            Touchy.IsTouched = false;
            Exception kept = await Assert.ThrowsAnyAsync<Exception>(
                () => memento.TransactionAsync(async tx =>
                {
                    await tx.ReadAsync<Touchy>(id, LockMode.Write);
                    await tx.WriteAsync(new Touchy(id));
                    Touchy.IsTouched = true;
                }).Within());

            Assert.IsType<InvalidOperationException>(sent);
            Assert.Equal(sent.GetType(), kept.GetType());
            Assert.Equal(sent.Message, kept.Message);
        }
        finally
        {
            Touchy.IsTouched = false;
        }

        Assert.False(await memento.Table<Touchy>().ExistsAsync(id).Within());
        await cluster.UntilIdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commits_and_seals_that_arrive_twice_carry_the_writes_out_once(bool isClient)
    {
        await using SiloCluster cluster = await StartAsync(
            static silo => silo.AddIncomingGrainCallFilter<TwiceFilter>());
        IMemento memento = await MementoAsync(cluster, isClient);
        int id = await KeyAsync(cluster, 1), other = await KeyAsync(cluster, 2);
        await memento.Table<Mark>().PutAsync(new Mark { Id = id, Text = "0" }).Within();

        for (int i = 1; i <= 3; i++)
        {
            await memento.TransactionAsync(async tx =>
            {
                await IncrementAsync(tx, id);
                await IncrementAsync(tx, other);
            }).Within();
            Assert.Equal($"{i}", (await memento.Table<Mark>().GetAsync(id).Within())?.Text);
            Assert.Equal($"{i}", (await memento.Table<Mark>().GetAsync(other).Within())?.Text);
        }

        await cluster.UntilIdleAsync();
    }

    private static Task<SiloCluster> StartAsync(Action<ISiloBuilder>? configureSilo = null)
        => SiloCluster.StartAsync(
            3,
            static memento => memento.AddTable<Mark>().AddTable<Touchy>(),
            configureSilo: configureSilo);

    private static async Task<IMemento> MementoAsync(SiloCluster cluster, bool isClient)
        => isClient ? (await cluster.ConnectAsync()).Memento : cluster.Silos[0].Memento;

    private static async Task<int> KeyAsync(SiloCluster cluster, int silo)
        => (await cluster.KeysInAsync<Mark, int>(cluster.Silos[silo], 1, static id => id))[0];

    private static async Task IncrementAsync(ITransaction tx, int id)
    {
        Mark? mark = await tx.ReadAsync<Mark>(id, LockMode.Write);
        int value = int.Parse(mark?.Text ?? "0", CultureInfo.InvariantCulture);
        await tx.WriteAsync(new Mark { Id = id, Text = $"{value + 1}" });
    }

    /// <summary>
    /// Carries each message with operations out late, so that a grain call overtakes it.
    /// </summary>
    private sealed class LateFilter : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod.Name == nameof(IIndexGrain.ExecuteAsync))
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            await context.Invoke();
        }
    }

    /// <summary>Has each message of a commit carried out twice, one after the other.</summary>
    private sealed class TwiceFilter : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            await context.Invoke();
            if (context.InterfaceMethod.Name == nameof(ISiloMember.SealAsync))
            {
                var request = (SealRequest)context.Request.GetArgument(0)!;
                SealAnswer second = await ((ISiloMember)context.Grain).SealAsync(request);
                Assert.NotNull(second.Error);
            }
            else if (context.InterfaceMethod.DeclaringType == typeof(IIndexGrain)
                && context.InterfaceMethod.Name == nameof(IIndexGrain.CommitAsync))
            {
                var request = (CommitRequest)context.Request.GetArgument(0)!;
                var first = (CommitResult)context.Result!;
                CommitResult second = await ((IIndexGrain)context.Grain).CommitAsync(request);
                Assert.Equal(first.IsCommitted, second.IsCommitted);
            }
        }
    }
}
