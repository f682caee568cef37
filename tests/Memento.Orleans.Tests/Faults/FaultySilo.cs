using Memento.Participants;
using Memento.Partitions;
using Memento.Storage.Sqlite;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>A silo whose batches fail when a test says so, and a client of it over TCP.</summary>
internal sealed class FaultySilo : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private TestSilo _silo = null!;

    public FaultyStorage Faults { get; private set; } = null!;

    /// <summary>The store as code in the silo has it.</summary>
    public IMemento Inside => _silo.Services.GetRequiredService<IMemento>();

    /// <summary>The store as a client has it.</summary>
    public IMemento Client { get; private set; } = null!;

    public IServiceProvider Services => _silo.Services;

    public static async Task<FaultySilo> StartAsync(Action<ISiloBuilder>? configureSilo = null)
    {
        var silo = new FaultySilo();
        await silo.StartSiloAsync(configureSilo);
        return silo;
    }

    /// <summary>Nothing is locked, and no transaction is known.</summary>
    public async Task CheckIdleAsync()
    {
        await Waiting.UntilAsync(
            () => _silo.Services.GetRequiredService<PartitionDirectory>().All
                .All(static partition => partition.IsIdle()),
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
        _directory.Dispose();
    }

    private async Task StartSiloAsync(Action<ISiloBuilder>? configureSilo)
    {
        Faults = new FaultyStorage(new SqliteJournalStorage(_directory.ConnectionString));
        _silo = await TestSilo.StartAsync(
            memento =>
            {
                memento.AddTable<DiskAccount>().AddTable<RamAccount>().AddTable<Receipt>();
                memento.UseStorage(_ => Faults);
            },
            configureSilo);
        IServiceProvider client = await _silo.ConnectAsync(
            static memento => memento
                .AddTable<DiskAccount>().AddTable<RamAccount>().AddTable<Receipt>());
        Client = client.GetRequiredService<IMemento>();
    }
}
