using Memento.Tests.Conformance;

namespace Memento.Tests.Testing;

/// <summary>Silos and partitions of a test cluster, as an application's tests move them.</summary>
public sealed class TestClusterLifeTests
{
    [Fact]
    public async Task Silos_are_added_stopped_killed_and_restarted_and_disk_tables_live_on()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 3);
        await BookAsync(cluster, 20);
        TestSilo[] before = [.. cluster.Silos];

        await cluster.KillSiloAsync(before[1]).Within();
        Assert.Equal(20, await CountAsync(cluster));
        TestSilo added = await cluster.AddSiloAsync().Within();
        await cluster.StopSiloAsync(before[0]).Within();
        Assert.Equal(20, await CountAsync(cluster));
        TestSilo restarted = await cluster.RestartSiloAsync(before[2]).Within();
        Assert.Equal(20, await CountAsync(cluster));

        Assert.Equal([added, restarted], cluster.Silos);
        await BookAsync(cluster, 25);
        Assert.Equal(25, await added.Memento.Table<Booking>().CountAsync().Within());
        await cluster.UntilIdleAsync().Within();
    }

    [Fact]
    public async Task A_partition_goes_to_the_silo_that_the_test_names_and_stays_there()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 2);
        await SitAsync(cluster, 7, "Ada");
        int partition = cluster.PartitionOf<Seat>(7);
        TestSilo old = await cluster.SiloOfAsync<Seat>(7).Within();
        TestSilo other = cluster.Silos.Single(silo => silo != old);

        await cluster.MovePartitionAsync<Seat>(partition, other).Within();
        Assert.Equal(other, await cluster.SiloOfAsync<Seat>(7).Within());
        Assert.Equal("Ada", (await ReadAsync(cluster, 7))?.Holder);

        // Silos that join and leave move others only.
        TestSilo joined = await cluster.AddSiloAsync().Within();
        await cluster.StopSiloAsync(old).Within();
        Assert.Equal(other, await cluster.SiloOfAsync<Seat>(7).Within());
        await cluster.StopSiloAsync(other).Within();
        Assert.Equal(joined, await cluster.SiloOfAsync<Seat>(7).Within());
        Assert.Equal("Ada", (await ReadAsync(cluster, 7))?.Holder);
    }

    [Fact]
    public async Task A_partition_moves_at_once_also_for_a_silo_that_remembers_where_it_was()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 2);
        await SitAsync(cluster, 7, "Ada");
        int partition = cluster.PartitionOf<Seat>(7);

        // Each silo has had it often, and knows it in the other one and in itself.
        for (int move = 0; move < 60; move++)
        {
            TestSilo other = cluster.Silos[move % 2];
            await cluster.MovePartitionAsync<Seat>(partition, other).Within();
            Assert.Equal(other, await cluster.SiloOfAsync<Seat>(7).Within());
        }

        Assert.Equal("Ada", (await ReadAsync(cluster, 7))?.Holder);
    }

    [Fact]
    public async Task Keys_are_found_of_which_each_is_in_the_silo_that_the_test_names()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 2);
        foreach (TestSilo silo in cluster.Silos)
        {
            foreach (int id in await cluster.KeysInAsync<Seat, int>(silo, 3, static id => id))
                Assert.Equal(silo, await cluster.SiloOfAsync<Seat>(id));
        }

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => cluster.KeysInAsync<Seat, int>(cluster.Silos[0], -1, static id => id));
        Assert.Contains(
            nameof(cluster.MovePartitionAsync), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_has_ended_is_refused_with_what_to_do()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 1);
        TestSilo ended = cluster.Silos[0];
        await cluster.StopSiloAsync(ended).Within();

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => cluster.KillSiloAsync(ended));
        Assert.Contains("Take a silo from Silos", error.Message, StringComparison.Ordinal);
        InvalidOperationException none = await Assert.ThrowsAsync<InvalidOperationException>(
            () => cluster.ResetAsync());
        Assert.Contains(nameof(cluster.AddSiloAsync), none.Message, StringComparison.Ordinal);

        await cluster.AddSiloAsync().Within();
        await BookAsync(cluster, 1);
    }

    [Fact]
    public async Task A_reset_ends_faults_and_leaves_empty_tables_to_the_next_test()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 2);
        await BookAsync(cluster, 5);
        await SitAsync(cluster, 1, "Ada");
        await cluster.Memento.Tables.DeleteAsync<Seat>().Within();
        TestFault held = cluster.Storage.Hold();
        cluster.Messages.Drop(cluster.Silos[0], cluster.Silos[1]);
        Task writing = BookAsync(cluster, 1);
        await held.WhenHitAsync().Within();

        await cluster.ResetAsync().Within();

        await writing.Within();
        Assert.Equal(0, await CountAsync(cluster));
        Assert.Equal(0, await cluster.Memento.Table<Seat>().CountAsync().Within());
        await BookAsync(cluster, 3);
        Assert.Equal(3, await CountAsync(cluster));
    }

    private static Task<MementoTestCluster> StartAsync(int silos)
        => MementoTestCluster.StartAsync(
            static memento => memento.AddTable<Seat>().AddTable<Booking>(), silos);

    private static Task BookAsync(MementoTestCluster cluster, int count)
        => cluster.Memento.TransactionAsync(async tx =>
        {
            for (int id = 0; id < count; id++)
                await tx.WriteAsync(new Booking { Id = id, Seats = 1 });
        }).Within();

    private static Task<long> CountAsync(MementoTestCluster cluster)
        => cluster.Memento.Table<Booking>().CountAsync().Within();

    private static Task<Seat> SitAsync(MementoTestCluster cluster, int id, string holder)
        => cluster.Memento.Table<Seat>().PutAsync(new Seat { Id = id, Holder = holder }).Within();

    private static Task<Seat?> ReadAsync(MementoTestCluster cluster, int id)
        => cluster.Memento.Table<Seat>().GetAsync(id).Within();
}
