using Memento.Catalog;
using Memento.Messages;
using Memento.Storage;
using Memento.Tables;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>Tables and indexes that are changed in one of several silos.</summary>
public sealed class CatalogClusterTests
{
    private static readonly TransactionOptions Once = new() { MaxAttempts = 1 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_silo_changes_is_known_in_all_before_the_call_returns(bool isOnDisk)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(3, isOnDisk ? place : null);
        int id = 0;
        foreach (TestSilo changed in cluster.Silos)
        {
            ITables tables = changed.Memento.Tables;
            await tables.DeleteAsync<Badge>().Within();
            foreach (TestSilo silo in cluster.Silos)
            {
                await Assert.ThrowsAsync<TableNotFoundException>(
                    () => PutAsync(silo, new Badge { Id = 1 }));
            }

            await tables.CreateAsync<Badge>().Within();
            foreach (TestSilo silo in cluster.Silos)
                await PutAsync(silo, new Badge { Id = ++id, Colour = id });

            await tables.AddIndexAsync<Badge>("Colour", unique: true).Within();
            foreach (TestSilo silo in cluster.Silos)
            {
                await PutAsync(silo, new Badge { Id = ++id, Colour = id });
                await Assert.ThrowsAsync<UniqueIndexException>(
                    () => PutAsync(silo, new Badge { Id = -1, Colour = id }));
            }

            await tables.RemoveIndexAsync<Badge>("Colour").Within();
            foreach (TestSilo silo in cluster.Silos)
                await PutAsync(silo, new Badge { Id = ++id, Colour = 1 });
        }

        await cluster.UntilIdleAsync();
    }

    [Fact]
    public async Task A_silo_that_joins_while_an_index_changes_has_the_newest_ones()
    {
        await using SiloCluster cluster = await StartAsync(2, place: null);
        for (int i = 0; i < 40; i++)
            await PutAsync(cluster.Silos[0], new Badge { Id = i, Colour = i });

        using var stop = new CancellationTokenSource();
        ITables tables = cluster.Silos[1].Memento.Tables;
        Task changes = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await tables.AddIndexAsync<Badge>("Colour", unique: true);
                await tables.RemoveIndexAsync<Badge>("Colour");
            }

            await tables.AddIndexAsync<Badge>("Colour", unique: true);
        });
        await cluster.StartSiloAsync();
        await stop.CancelAsync();
        await changes.Within();

        for (int i = 100; i < 140; i++)
        {
            foreach (TestSilo silo in cluster.Silos)
                await PutAsync(silo, new Badge { Id = i, Colour = i });
            await Assert.ThrowsAsync<UniqueIndexException>(
                () => PutAsync(cluster.Silos[^1], new Badge { Id = -i, Colour = i }));
        }
    }

    [Fact]
    public async Task The_catalog_outlives_its_silo()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(3, place);
        await cluster.Silos[0].Memento.Tables.AddIndexAsync<Badge>("Colour", true).Within();
        long told = Versions(cluster).Min();
        await cluster.KillAsync(await SiloOfAsync(cluster, CatalogGrain.Key));
        await Waiting.UntilAsync(
            () => Versions(cluster).All(version => version > told),
            "the catalog tells the others again");

        foreach (TestSilo silo in cluster.Silos)
        {
            await PutWhileMovingAsync(
                silo, new Badge { Id = silo.GatewayPort, Colour = silo.GatewayPort });
            Assert.Equal(
                ["Code", "Colour"],
                (await silo.Memento.Tables.InfoAsync<Badge>().Within()).Indexes
                    .Select(static index => index.Name));
        }

        await cluster.Silos[1].Memento.Tables.RemoveIndexAsync<Badge>("Colour").Within();
        await cluster.Silos[1].Memento.Tables.DeleteAsync<Badge>().Within();
        await Assert.ThrowsAsync<TableNotFoundException>(
            () => PutWhileMovingAsync(cluster.Silos[0], new Badge { Id = 1 }));
    }

    [Fact]
    public async Task A_partition_is_loaded_while_the_catalog_does_not_answer()
    {
        bool isGone = false;
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2,
            static memento => memento.AddTable<Badge>(
                static table => table.Storage = TableStorage.Ram),
            configureSilo: silo => silo.AddIncomingGrainCallFilter(call =>
                Volatile.Read(ref isGone)
                    && call.InterfaceMethod.DeclaringType == typeof(ICatalogGrain)
                    ? throw new SiloUnavailableException("It is gone, says the test.")
                    : call.Invoke()));
        Volatile.Write(ref isGone, true);
        Assert.Empty(cluster.Partitions);
        for (int i = 0; i < 40; i++)
            await PutAsync(cluster.Silos[i % 2], new Badge { Id = i });
        Assert.NotEmpty(cluster.Partitions);
    }

    [Fact]
    public async Task An_older_state_of_the_catalog_never_replaces_a_newer_one()
    {
        await using SiloCluster cluster = await StartAsync(1, place: null);
        CatalogCopy copy = cluster.Silos[0].Services.GetRequiredService<CatalogCopy>();
        TableDefinition table =
            cluster.Silos[0].Services.GetRequiredService<TableRegistry>().Get<Badge>();
        CatalogImage known = copy.Image!;
        IndexSchema[] indexes =
            [IndexSchema.Of(table.MakeIndex(new IndexInfo("Colour", unique: false)))];

        Assert.Null(copy.Learn(new CatalogImage(
            known.Version + 2, [known.Find("Badge")! with { Indexes = indexes }])));
        Assert.Null(copy.Learn(known with { Version = known.Version + 1 }));
        Assert.Equal(indexes, table.Indexes.Select(IndexSchema.Of));
        table.LearnIndexes(known.Version + 1, known.Find("Badge")!.Indexes);
        Assert.Equal(indexes, table.Indexes.Select(IndexSchema.Of));
    }

    [Fact]
    public async Task A_silo_that_starts_beside_others_leaves_stored_indexes_alone()
    {
        await using var place = new DropCounter();
        await using SiloCluster cluster = await StartAsync(1, place);

        // No value is stored, as after a loss.
        await PutAsync(cluster.Silos[0], new Badge { Id = 1 });
        int before = place.Drops;
        await cluster.StartSiloAsync();
        Assert.Equal(before, place.Drops);

        await PutWhileMovingAsync(cluster.Silos[1], new Badge { Id = 2, Code = "a" });
        await Assert.ThrowsAsync<UniqueIndexException>(
            () => PutWhileMovingAsync(cluster.Silos[0], new Badge { Id = 3, Code = "a" }));
    }

    [Fact]
    public async Task A_silo_whose_type_declares_other_indexes_changes_them_in_use()
    {
        bool isNew = false;
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            1,
            memento => memento.AddTable<Badge>(table =>
            {
                if (isNew) table.AddUniqueIndex("Colour");
            }),
            place);
        for (int i = 0; i < 40; i++)
            await PutAsync(cluster.Silos[0], new Badge { Id = i, Code = $"{i}", Colour = i });

        isNew = true;
        await cluster.StartSiloAsync();
        foreach (TestSilo silo in cluster.Silos)
        {
            Assert.Equal(
                ["Code", "Colour"],
                (await silo.Memento.Tables.InfoAsync<Badge>().Within()).Indexes
                    .Select(static index => index.Name).Order());
            await Assert.ThrowsAsync<UniqueIndexException>(
                () => PutWhileMovingAsync(silo, new Badge { Id = 41, Colour = 7 }));
        }
    }

    private static Task<SiloCluster> StartAsync(int silos, StorageUnderTest? place)
        => SiloCluster.StartAsync(
            silos,
            memento => memento.AddTable<Badge>(table => table.Storage = place is null
                ? TableStorage.Ram
                : TableStorage.Disk),
            place);

    private static Task<Badge> PutAsync(TestSilo silo, Badge badge)
        => silo.Memento.TransactionAsync(async tx => await tx.WriteAsync(badge), Once).Within();

    /// <summary>Where silos have joined or left: a partition that moves costs an attempt.</summary>
    private static Task<Badge> PutWhileMovingAsync(TestSilo silo, Badge badge)
        => silo.Memento.TransactionAsync(async tx => await tx.WriteAsync(badge)).Within();

    private static IEnumerable<long> Versions(SiloCluster cluster)
        => cluster.Silos.Select(static silo =>
            silo.Services.GetRequiredService<CatalogCopy>().Image!.Version);

    /// <summary>The silo that has the catalog.</summary>
    private static async Task<TestSilo> SiloOfAsync(SiloCluster cluster, string catalog)
    {
        IGrainFactory grains = cluster.Silos[0].Services.GetRequiredService<IGrainFactory>();
        SiloAddress? address = await grains.GetGrain<IManagementGrain>(0)
            .GetActivationAddress(grains.GetGrain<ICatalogGrain>(catalog)).AsTask().Within();
        return cluster.Silos.Single(silo => silo.Address.Equals(address));
    }

    /// <summary>A storage in memory that counts how often a stored table is dropped.</summary>
    private sealed class DropCounter : MemoryUnderTest
    {
        private int _drops;

        public int Drops => Volatile.Read(ref _drops);

        public override IJournalStorage Create() => new FaultyStorage(base.Create())
        {
            DropFault = () =>
            {
                Interlocked.Increment(ref _drops);
                return null;
            },
        };
    }
}
