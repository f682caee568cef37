using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Clusters;

/// <summary>Three silos with one store.</summary>
public sealed class SiloClusterTests
{
    [Fact]
    public Task Each_silo_and_a_client_see_what_the_others_write() => SeeEachOtherAsync(null);

    [Fact]
    public async Task Each_silo_and_a_client_see_what_the_others_write_to_one_storage()
    {
        await using var place = new MemoryUnderTest();
        await SeeEachOtherAsync(place);
    }

    [Fact]
    public async Task What_is_on_disk_outlives_every_silo_that_it_was_in()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(place);
        TestClient client = await cluster.ConnectAsync();
        for (int i = 0; i < 12; i++)
            await PutAsync(client.Memento, $"k{i}", i);

        // The first silo, where the catalog is, and then another one, with a new one beside it.
        await cluster.StopAsync(cluster.Silos[0]);
        await cluster.StartSiloAsync();
        await cluster.KillAsync(cluster.Silos[0]);
        await cluster.StartSiloAsync();

        foreach (IMemento store in cluster.Silos.Select(static silo => silo.Memento)
            .Append(client.Memento))
        {
            for (int i = 0; i < 12; i++)
                Assert.Equal(i, (await GetAsync(store, $"k{i}"))?.Value);
        }

        await cluster.UntilIdleAsync();
    }

    [Fact]
    public async Task The_records_of_a_silo_are_in_its_partitions()
    {
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3, static memento => memento.AddTable<Mark>());
        foreach (TestSilo silo in cluster.Silos)
        {
            IReadOnlyList<int> ids = await cluster.KeysInAsync<Mark, int>(
                silo, 2, static number => number);
            foreach (int id in ids)
            {
                await cluster.Silos[0].Memento.TransactionAsync(
                    async tx => await tx.WriteAsync(new Mark { Id = id })).Within();
            }

            Assert.Equal(2, silo.Directory.All.Sum(static each => each.Measure().Count));
        }
    }

    private static Task<SiloCluster> StartAsync(StorageUnderTest? place)
        => SiloCluster.StartAsync(
            3,
            memento => memento.AddConformanceTables(
                place is null ? TableStorage.Ram : TableStorage.Disk),
            place);

    private static async Task SeeEachOtherAsync(StorageUnderTest? place)
    {
        await using SiloCluster cluster = await StartAsync(place);
        TestClient client = await cluster.ConnectAsync();
        IMemento[] stores =
            [.. cluster.Silos.Select(static silo => silo.Memento), client.Memento];
        for (int i = 0; i < 40; i++)
        {
            await PutAsync(stores[i % stores.Length], $"k{i % 10}", i);
            foreach (IMemento store in stores)
                Assert.Equal(i, (await GetAsync(store, $"k{i % 10}"))?.Value);
        }

        await cluster.UntilIdleAsync();
    }

    private static Task<Entry> PutAsync(IMemento store, string name, long value)
        => store.TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = name, Value = value })).Within();

    private static Task<Entry?> GetAsync(IMemento store, string name)
        => store.TransactionAsync(async tx => await tx.ReadAsync<Entry>(name)).Within();
}
