using Memento.Storage;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Memento.Tests.Hosting;

/// <summary>A storage says which of Orleans' grain storages has the catalog.</summary>
public sealed class CatalogProviderTests
{
    private const string Name = "own";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_catalog_is_in_the_provider_that_the_storage_names_and_which_starts_once(
        bool isRegistered)
    {
        RecordingGrainStorage? made = null;
        var storage = new MemoryJournalStorage
        {
            Catalog = new CatalogStorage(
                Name,
                (services, name) => isRegistered
                    ? services.GetRequiredKeyedService<IGrainStorage>(Name)
                    : Make(services, name)),
        };
        await using TestSilo silo = await TestSilo.StartAsync(
            memento => memento.UseStorage(_ => storage).AddTable<Entry>(OnDisk),
            silo =>
            {
                if (isRegistered) silo.Services.AddGrainStorage(Name, Make);
            });
        await silo.Services.GetRequiredService<IMemento>().Tables.ListAsync().Within();

        Assert.Equal(1, made!.Starts);
        Assert.True(made.Writes > 0);

        RecordingGrainStorage Make(IServiceProvider services, string name)
            => made = new RecordingGrainStorage(MemoryGrainStorageFactory.Create(services, name));
    }

    [Fact]
    public async Task Whatever_it_throws_says_that_the_storage_failed_and_where()
    {
        RecordingGrainStorage? made = null;
        var storage = new MemoryJournalStorage
        {
            Catalog = new CatalogStorage(
                "the shelf",
                (services, name) => made = new RecordingGrainStorage(
                    MemoryGrainStorageFactory.Create(services, name))),
        };
        await using TestSilo silo = await TestSilo.StartAsync(
            memento => memento.UseStorage(_ => storage).AddTable<Entry>(OnDisk));
        ITables tables = silo.Services.GetRequiredService<IMemento>().Tables;
        made!.Fault = new InvalidOperationException("The shelf fell down, says the test.");

        StorageException error = await Assert.ThrowsAsync<StorageException>(
            () => tables.DeleteAsync<Entry>().Within());
        Assert.Contains("the shelf", error.Message, StringComparison.Ordinal);
        Assert.Contains("fell down", error.Message, StringComparison.Ordinal);

        made.Fault = null;
        await tables.DeleteAsync<Entry>().Within();
    }

    private static void OnDisk(TableOptions table) => table.Storage = TableStorage.Disk;

    /// <summary>Counts, and fails when a test says so.</summary>
    private sealed class RecordingGrainStorage(IGrainStorage inner)
        : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
    {
        public int Starts { get; private set; }

        public int Writes { get; private set; }

        public Exception? Fault { get; set; }

        public void Participate(ISiloLifecycle observer) => observer.Subscribe(
            Name,
            ServiceLifecycleStage.ApplicationServices,
            _ =>
            {
                Starts++;
                return Task.CompletedTask;
            });

        public Task ReadStateAsync<T>(
            string stateName, GrainId grainId, IGrainState<T> grainState)
            => inner.ReadStateAsync(stateName, grainId, grainState);

        public Task WriteStateAsync<T>(
            string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (Fault is not null) throw Fault;
            Writes++;
            return inner.WriteStateAsync(stateName, grainId, grainState);
        }

        public Task ClearStateAsync<T>(
            string stateName, GrainId grainId, IGrainState<T> grainState)
            => inner.ClearStateAsync(stateName, grainId, grainState);
    }
}
