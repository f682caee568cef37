using Memento.Partitions;
using Memento.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>A silo on a SQLite file of its own, whose batches fail when a test says so.</summary>
internal sealed class FaultyStore : IAsyncDisposable
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>A workload that takes longer hangs.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(4);

    private readonly string _directory =
        Directory.CreateTempSubdirectory("memento-faults-").FullName;

    private readonly Action<IMementoBuilder> _tables;
    private MementoHost? _host;
    private SqliteJournalStorage? _sqlite;

    private FaultyStore(Action<IMementoBuilder> tables) => _tables = tables;

    public IMemento Memento => Host.Memento;

    public MementoHost Host => _host ?? throw new InvalidOperationException("It is not running.");

    public FaultyStorage Faults { get; private set; } = null!;

    /// <summary>A silo with the tables of a bank.</summary>
    public static Task<FaultyStore> StartAsync()
        => StartAsync(static memento => memento
            .AddTable<DiskAccount>().AddTable<RamAccount>().AddTable<Receipt>());

    public static async Task<FaultyStore> StartAsync(Action<IMementoBuilder> tables)
    {
        var store = new FaultyStore(tables);
        await store.StartSiloAsync();
        return store;
    }

    /// <summary>Stops the silo and starts another one on the same file.</summary>
    /// <param name="prepare">Says what is to fail while it starts.</param>
    public async Task RestartAsync(Action<FaultyStorage>? prepare = null)
    {
        await StopSiloAsync();
        await StartSiloAsync(prepare);
    }

    /// <summary>Lets the file have no more than this many pages.</summary>
    public void LimitPages(long pages)
        => _sqlite!.Writer.Run(
            "limit", null, database => database.Scalar($"PRAGMA max_page_count = {pages}"));

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
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartSiloAsync(Action<FaultyStorage>? prepare = null)
    {
        string file = Path.Combine(_directory, "bank.db");
        _sqlite = new SqliteJournalStorage($"Data Source={file}");
        Faults = new FaultyStorage(_sqlite);
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
