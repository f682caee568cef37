using Memento.Partitions;
using Memento.Storage;
using Memento.Tests.Compliance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>A silo on a storage of its own, whose batches fail when a test says so.</summary>
internal sealed class FaultyStore : IAsyncDisposable
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>A workload that takes longer hangs.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(4);

    private readonly StorageUnderTest _place;
    private readonly Action<IMementoBuilder> _tables;
    private MementoHost? _host;
    private IJournalStorage? _storage;

    private FaultyStore(StorageUnderTest place, Action<IMementoBuilder> tables)
    {
        _place = place;
        _tables = tables;
    }

    public IMemento Memento => Host.Memento;

    public MementoHost Host => _host ?? throw new InvalidOperationException("It is not running.");

    public FaultyStorage Faults { get; private set; } = null!;

    /// <summary>A silo with the tables of a bank.</summary>
    public static Task<FaultyStore> StartAsync<TStorage>()
        where TStorage : StorageUnderTest, new()
        => StartAsync<TStorage>(static memento => memento
            .AddTable<DiskAccount>().AddTable<RamAccount>().AddTable<Receipt>());

    public static async Task<FaultyStore> StartAsync<TStorage>(Action<IMementoBuilder> tables)
        where TStorage : StorageUnderTest, new()
    {
        var store = new FaultyStore(new TStorage(), tables);
        await store.StartSiloAsync();
        return store;
    }

    /// <summary>Stops the silo and starts another one on the same storage.</summary>
    /// <param name="prepare">Sets the faults of the start.</param>
    public async Task RestartAsync(Action<FaultyStorage>? prepare = null)
    {
        await StopSiloAsync();
        await StartSiloAsync(prepare);
    }

    /// <summary>Leaves no room for more rows, until the end of what it gives.</summary>
    public IDisposable Fill() => _place.Fill(_storage!);

    public Task<T> ReadAsync<T>(object key)
        where T : class
        => Memento.TransactionAsync(async tx => (await tx.ReadAsync<T>(key))!)
            .WaitAsync(LongestWait);

    public Task<IReadOnlyList<T>> AllAsync<T>()
        where T : class
        => Memento.TransactionAsync(async tx => await tx.AllAsync<T>()).WaitAsync(LongestWait);

    public Task WriteAsync<T>(T record)
        where T : class
        => Memento.TransactionAsync(async tx => { await tx.WriteAsync(record); })
            .WaitAsync(LongestWait);

    /// <summary>No transaction is anywhere and nothing is locked.</summary>
    public void CheckIdle()
        => Assert.All(
            Host.Services.GetRequiredService<PartitionDirectory>().All,
            partition => Assert.True(
                partition.IsIdle(), $"{partition.Table.Name}/{partition.Number} is locked."));

    public async ValueTask DisposeAsync()
    {
        await StopSiloAsync();
        await _place.DisposeAsync();
    }

    private async Task StartSiloAsync(Action<FaultyStorage>? prepare = null)
    {
        _storage = _place.Create();
        Faults = new FaultyStorage(_storage);
        prepare?.Invoke(Faults);
        _host = await MementoHost.StartAsync(memento =>
        {
            _tables(memento);
            memento.UseStorage(_ => Faults);
        });
    }

    private async Task StopSiloAsync()
    {
        if (_host is null) return;
        Faults.Plan = null;
        Faults.Unblock();
        await _host.DisposeAsync();
        _host = null;
    }
}
