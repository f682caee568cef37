using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.GrainDirectory;

#pragma warning disable ORLEANSEXP003 // The application of the tests uses the directory too.

namespace Memento.Tests.Clusters;

/// <summary>The grain directory of the store's grains.</summary>
public sealed class StoreDirectoryTests
{
    private const int Marks = 150;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_that_leaves_takes_no_record_of_the_others(bool isKilled)
    {
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3, static memento => memento.AddTable<Mark>());
        IMemento store = cluster.Silos[1].Memento;
        for (int i = 0; i < Marks; i++)
        {
            await store.TransactionAsync(
                async tx => await tx.WriteAsync(new Mark { Id = i })).Within();
        }

        long others = cluster.Silos.Skip(1)
            .Sum(static silo => silo.Directory.All.Sum(static each => each.Measure().Count));
        Assert.InRange(others, 1, Marks - 1);

        // One that stops hands its own over.
        long kept = isKilled ? others : Marks;

        await (isKilled
            ? cluster.KillAsync(cluster.Silos[0])
            : cluster.StopAsync(cluster.Silos[0]));

        int found = 0;
        for (int i = 0; i < Marks; i++)
        {
            if (await GetAsync<Mark>(store, i) is not null) found++;
        }

        Assert.Equal(kept, found);
    }

    [Fact]
    public async Task An_application_may_choose_the_distributed_directory_before()
    {
        await using MementoHost host = await MementoHost.StartAsync(
            static memento => memento.AddTable<Entry>(),
            static builder => builder.UseOrleans(
                static silo => silo.AddDistributedGrainDirectory()));
        await RequireBothAsync(host.Services);
    }

    [Fact]
    public async Task An_application_may_choose_the_distributed_directory_afterwards()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static memento => memento.AddTable<Entry>(),
            static silo => silo.AddDistributedGrainDirectory());
        await RequireBothAsync(silo.Services);
    }

    [Fact]
    public async Task The_store_does_not_wait_for_a_dead_silo_unless_the_application_says_so()
    {
        await using MementoHost silent = await MementoHost.StartAsync(
            static memento => memento.AddTable<Entry>());
        Assert.Equal(TimeSpan.Zero, LeaseOf(silent));
        await using MementoHost said = await MementoHost.StartAsync(
            static memento => memento.AddTable<Entry>(),
            static builder => builder.UseOrleans(
                static silo => silo.Configure<GrainDirectoryOptions>(
                    static options => options.RangeLeaseDuration = TimeSpan.FromSeconds(7))));
        Assert.Equal(TimeSpan.FromSeconds(7), LeaseOf(said));

        static TimeSpan LeaseOf(MementoHost host) => host.Services
            .GetRequiredService<IOptions<GrainDirectoryOptions>>().Value.RangeLeaseDuration;
    }

    /// <summary>One directory is the application's and the store's, and works.</summary>
    private static async Task RequireBothAsync(IServiceProvider services)
    {
        var own = services.GetRequiredKeyedService<IGrainDirectory>("memento");
        Assert.Same(
            own,
            services.GetKeyedService<IGrainDirectory>(
                GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY));
        Assert.Single(
            services.GetServices<ILifecycleParticipant<ISiloLifecycle>>(),
            each => ReferenceEquals(each, own));
        var store = services.GetRequiredService<IMemento>();
        await store.TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = "a", Value = 3 })).Within();
        Assert.Equal(3, (await GetAsync<Entry>(store, "a"))?.Value);
    }

    private static Task<T?> GetAsync<T>(IMemento store, object key)
        where T : class
        => store.TransactionAsync(async tx => await tx.ReadAsync<T>(key)).Within();
}
