using Memento.Participants;
using Memento.Partitions;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>A silo whose batches fail when a test says so, and a client of it over TCP.</summary>
internal sealed class FaultySilo : IAsyncDisposable
{
    private readonly StorageUnderTest _place;
    private TestSilo _silo = null!;

    private FaultySilo(StorageUnderTest place) => _place = place;

    public FaultyStorage Faults { get; private set; } = null!;

    /// <summary>The store as code in the silo has it.</summary>
    public IMemento Inside => _silo.Services.GetRequiredService<IMemento>();

    /// <summary>The store as a client has it.</summary>
    public IMemento Client { get; private set; } = null!;

    public IServiceProvider Services => _silo.Services;

    public IServiceProvider ClientServices { get; private set; } = null!;

    public IEnumerable<Partition> Partitions
        => Services.GetRequiredService<PartitionDirectory>().All;

    public static async Task<FaultySilo> StartAsync<TStorage>(
        Action<ISiloBuilder>? configureSilo = null, Action<IClientBuilder>? configureClient = null)
        where TStorage : StorageUnderTest, new()
    {
        var silo = new FaultySilo(new TStorage());
        await silo.StartSiloAsync(configureSilo, configureClient);
        return silo;
    }

    /// <summary>Nothing is locked, and no transaction is known.</summary>
    public async Task CheckIdleAsync()
    {
        await Waiting.UntilAsync(
            () => Partitions.All(static partition => partition.IsIdle()),
            "no partition is locked");
        await Waiting.UntilAsync(
            () => _silo.Services.GetRequiredService<TransactionRegistry>().RunningCount == 0,
            "no transaction is running");
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Plan = null;
        Faults.Unblock();
        await _silo.DisposeAsync();
        await _place.DisposeAsync();
    }

    private async Task StartSiloAsync(
        Action<ISiloBuilder>? configureSilo, Action<IClientBuilder>? configureClient)
    {
        Faults = new FaultyStorage(_place.Create());
        _silo = await TestSilo.StartAsync(
            memento =>
            {
                memento.AddTable<DiskAccount>().AddTable<RamAccount>().AddTable<Receipt>();
                memento.UseStorage(_ => Faults);
            },
            configureSilo);
        ClientServices = await _silo.ConnectAsync(
            static memento => memento
                .AddTable<DiskAccount>().AddTable<RamAccount>().AddTable<Receipt>(),
            configureClient);
        Client = ClientServices.GetRequiredService<IMemento>();
    }
}
