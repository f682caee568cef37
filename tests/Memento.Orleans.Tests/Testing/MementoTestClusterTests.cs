using Memento.Tests.Api;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Testing;

public sealed class MementoTestClusterTests
{
    [Fact]
    public async Task The_client_and_the_silo_share_the_store()
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static memento => memento.AddTable<Entry>());

        await cluster.Memento.Table<Entry>().PutAsync(new Entry { Name = "a", Value = 1 });
        await cluster.SiloMemento.Table<Entry>().PutAsync(new Entry { Name = "b", Value = 2 });

        Assert.NotSame(cluster.Memento, cluster.SiloMemento);
        Assert.Equal(2, (await cluster.Memento.Table<Entry>().GetAsync("b"))?.Value);
        Assert.Equal(1, (await cluster.SiloMemento.Table<Entry>().GetAsync("a"))?.Value);
        Assert.Single(cluster.Silos);
    }

    [Fact]
    public async Task A_restart_finds_disk_tables_again_and_ram_tables_empty()
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static memento => memento
                .AddTable<Entry>(static table => table.Storage = TableStorage.Disk)
                .AddTable<Profile>());
        await cluster.Memento.Table<Entry>().PutAsync(new Entry { Name = "a", Value = 1 });
        await cluster.Memento.Table<Profile>().PutAsync(new Profile { Id = Guid.NewGuid() });

        await cluster.RestartSiloAsync();

        Assert.Equal(1, (await cluster.Memento.Table<Entry>().GetAsync("a").Within())?.Value);
        Assert.Equal(1, (await cluster.SiloMemento.Table<Entry>().GetAsync("a").Within())?.Value);
        Assert.Equal(0, await cluster.Memento.Table<Profile>().CountAsync().Within());
    }

    [Fact]
    public async Task Two_clusters_side_by_side_know_nothing_of_each_other()
    {
        await using MementoTestCluster first = await StartOnDiskAsync();
        await using MementoTestCluster second = await StartOnDiskAsync();

        await first.Memento.Table<Entry>().PutAsync(new Entry { Name = "a" });

        Assert.Equal(0, await second.Memento.Table<Entry>().CountAsync().Within());
    }

    [Fact]
    public async Task It_can_be_configured_further()
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static memento => memento.AddTable<Entry>(),
            silos: 1,
            static silo => silo.Services.AddSingleton(new Signal()),
            static client => client.Services.AddSingleton(new Signal()));

        Signal inside = cluster.Silos[0].Services.GetRequiredService<Signal>();
        Assert.NotSame(inside, cluster.Client.Services.GetRequiredService<Signal>());
    }

    [Fact]
    public async Task A_bad_definition_comes_out_of_the_start()
        => await Assert.ThrowsAsync<InvalidTableException>(
            () => MementoTestCluster.StartAsync(static memento => memento.AddTable<KeyOnly>()));

    private static Task<MementoTestCluster> StartOnDiskAsync()
        => MementoTestCluster.StartAsync(static memento => memento
            .AddTable<Entry>(static table => table.Storage = TableStorage.Disk));
}
