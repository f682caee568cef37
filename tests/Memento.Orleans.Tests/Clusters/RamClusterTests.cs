using Memento.Catalog;
using Memento.Numbering;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>Silos without a storage: what all of them know is in their memory alone.</summary>
public sealed class RamClusterTests
{
    [Fact]
    public async Task The_catalog_is_there_as_long_as_one_silo_is()
    {
        await using SiloCluster cluster = await StartAsync();
        ITables tables = cluster.Silos[1].Memento.Tables;
        await tables.AddIndexAsync<Badge>("Colour", unique: true).Within();
        for (int round = 0; round < 4; round++)
        {
            // Each silo of the start is gone after this.
            await cluster.KillAsync(round == 0
                ? await SiloOfAsync<ICatalogGrain>(cluster, CatalogGrain.Key)
                : cluster.Silos[0]);
            await cluster.StartSiloAsync();
            foreach (TestSilo silo in cluster.Silos)
            {
                int number = silo.GatewayPort;
                await WriteAsync(silo, new Badge { Id = number, Colour = number });
                await Assert.ThrowsAsync<UniqueIndexException>(
                    () => WriteAsync(silo, new Badge { Id = -1, Colour = number }));
                Assert.Contains(
                    new IndexInfo("Colour", unique: true),
                    (await silo.Memento.Tables.InfoAsync<Badge>().Within()).Indexes);
                Assert.Equal(
                    ["Badge", "Mark", "Ticket"], await silo.Memento.Tables.ListAsync().Within());
            }
        }

        // A silo makes the missing tables that it registers when it starts.
        await cluster.Silos[0].Memento.Tables.DeleteAsync<Badge>().Within();
        await Assert.ThrowsAsync<TableNotFoundException>(
            () => WriteAsync(cluster.Silos[1], new Badge { Id = 1 }));
    }

    [Fact]
    public async Task No_number_comes_twice_whichever_silo_dies()
    {
        await using SiloCluster cluster = await StartAsync();
        HashSet<long> numbers = [];
        for (int round = 0; round < 4; round++)
        {
            foreach (TestSilo silo in cluster.Silos)
            {
                for (int i = 0; i < 3; i++)
                {
                    // Not kept: a number that a record has would be skipped.
                    long number = 0;
                    await silo.Memento.TryTransactionAsync(async tx =>
                    {
                        number = (await tx.WriteAsync(new Ticket { Title = "t" })).Id;
                        tx.Abort();
                    }).Within();
                    Assert.True(numbers.Add(number), $"{number} came twice.");
                }
            }

            await cluster.KillAsync(await SiloOfAsync<ISequenceGrain>(
                cluster, SequenceGrain.KeyOf(nameof(Ticket))));
            await cluster.StartSiloAsync();
        }
    }

    [Fact]
    public async Task A_number_that_was_reserved_in_a_silo_is_given_in_none()
    {
        await using SiloCluster cluster = await StartAsync();
        foreach (TestSilo silo in cluster.Silos)
            await WriteAsync(silo, new Ticket { Title = "before" });

        long reserved = await cluster.Silos[0].Memento.Tables
            .ReserveNumbersAsync<Ticket>(50_000).Within();

        // The silo that was asked comes last: it tells the others with what it writes there.
        foreach (TestSilo silo in cluster.Silos.Reverse())
        {
            for (int i = 0; i < 600; i++)
            {
                Ticket after = await WriteAsync(silo, new Ticket { Title = "after" });
                Assert.True(after.Id > reserved, $"{after.Id} was given.");
            }
        }
    }

    [Fact]
    public async Task A_body_gets_numbers_above_those_that_it_has_written_elsewhere()
    {
        await using SiloCluster cluster = await StartAsync();
        TestClient client = await cluster.ConnectAsync();
        long used = 0;
        foreach (IMemento store in cluster.Silos.Select(static silo => silo.Memento)
            .Append(client.Memento))
        {
            for (int i = 0; i < 10; i++)
            {
                used += 5_000;
                await store.TransactionAsync(async tx =>
                {
                    // In several silos, as a rule.
                    for (int each = 0; each < 1 + (i % 3); each++)
                        await tx.WriteAsync(new Ticket { Id = ++used, Title = "explicit" });
                }).Within();
                long next = (await store.TransactionAsync(
                    async tx => await tx.WriteAsync(new Ticket { Title = "next" })).Within()).Id;
                Assert.True(next > used, $"{next} came after {used}.");
                used = next;
            }
        }
    }

    [Fact]
    public async Task A_silo_that_dies_leaves_no_lock_in_the_others()
    {
        await using SiloCluster cluster = await StartAsync();
        TestSilo dying = cluster.Silos[0];
        int id = (await cluster.KeysInAsync<Mark, int>(
            cluster.Silos[1], 1, static number => number))[0];
        var written = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        Task left = dying.Memento.TransactionAsync(
            async tx =>
            {
                await tx.WriteAsync(new Mark { Id = id, Text = "lost" });
                written.TrySetResult();
                await end.Task;
            },
            new TransactionOptions { Timeout = TimeSpan.FromHours(1) });
        await written.Task.Within();
        await cluster.KillAsync(dying);

        await WriteAsync(cluster.Silos[1], new Mark { Id = id, Text = "kept" });

        end.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => left.Within());
    }

    private static Task<SiloCluster> StartAsync()
        => SiloCluster.StartAsync(
            3,
            static memento => memento
                .AddTable<Badge>(static table => table.Storage = TableStorage.Ram)
                .AddTable<Mark>()
                .AddTable<Ticket>(static table => table.Storage = TableStorage.Ram));

    private static Task<T> WriteAsync<T>(TestSilo silo, T record)
        where T : class
        => silo.Memento.TransactionAsync(async tx => await tx.WriteAsync(record)).Within();

    private static async Task<TestSilo> SiloOfAsync<TGrain>(SiloCluster cluster, string key)
        where TGrain : IGrainWithStringKey
    {
        IGrainFactory grains = cluster.Silos[0].Services.GetRequiredService<IGrainFactory>();
        SiloAddress? address = await grains.GetGrain<IManagementGrain>(0)
            .GetActivationAddress(grains.GetGrain<TGrain>(key)).AsTask().Within();
        return cluster.Silos.Single(silo => silo.Address.Equals(address));
    }
}
