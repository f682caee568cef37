using Memento.Journaling;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Tests.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Memento.Tests.Diagnostics;

public sealed class HealthTests : IAsyncLifetime
{
    private FaultySilo _silo = null!;

    public async ValueTask InitializeAsync()
        => _silo = await FaultySilo.StartAsync<SqliteUnderTest>(
            static silo => silo.Services.AddHealthChecks().AddMemento(tags: ["ready"]),
            static client => client.Services.AddHealthChecks().AddMemento());

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task A_silo_that_works_is_healthy_and_says_what_it_has()
    {
        await _silo.Inside.TransactionAsync(
            async tx => { await tx.WriteAsync(new RamAccount { Id = 1 }); });

        HealthReportEntry entry = await CheckAsync(_silo.Services);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(["ready"], entry.Tags);
        Assert.Equal(0, entry.Data["memento.transaction.running"]);
        Assert.Equal(0, entry.Data["memento.journal.queue"]);
        Assert.True((int)entry.Data["memento.partitions"] > 0);
    }

    [Fact]
    public async Task A_storage_that_does_not_answer_is_named()
    {
        _silo.Faults.CheckFault = static () => FaultyStorage.DiskFailure;

        HealthReportEntry entry = await CheckAsync(_silo.Services);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal(FaultyStorage.DiskFailure.Message, entry.Description);
        _silo.Faults.CheckFault = null;
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(_silo.Services)).Status);
    }

    [Fact]
    public async Task A_partition_that_cannot_be_loaded_is_named_until_it_can()
    {
        _silo.Faults.EpochFault = static () => FaultyStorage.DiskFailure;
        await Assert.ThrowsAsync<StorageException>(() => ReadAsync().Within());

        HealthReportEntry entry = await CheckAsync(_silo.Services);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Matches(
            "^1 partitions cannot be loaded. DiskAccount/[0-3]: The disk failed, says the test.$",
            entry.Description);
        _silo.Faults.EpochFault = null;
        await ReadAsync().Within();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(_silo.Services)).Status);
    }

    /// <summary>The check does not wait for a batch, whoever keeps the storage from it.</summary>
    [Fact]
    public async Task A_check_does_not_wait_for_a_program_that_has_the_file_locked()
    {
        string path = _silo.Faults.Description["SQLite ".Length..];
        await ReadAsync().Within();
        await using var other = new SqliteConnection($"Data Source={path};Pooling=False");
        await other.OpenAsync();
        SqliteTransaction locked = other.BeginTransaction(deferred: false);
        Task write = _silo.Inside.TransactionAsync(
            async tx => { await tx.WriteAsync(new DiskAccount { Id = 1 }); });
        await Waiting.UntilAsync(() => _silo.Faults.Batches == 1, "the batch is being written");

        await _silo.Services.GetRequiredService<DurableStorage>().Journal!
            .CheckAsync(CancellationToken.None).Within();
        Assert.False(write.IsCompleted);
        var journal = _silo.Services.GetRequiredService<Journal>();
        await Waiting.UntilAsync(() => journal.IsSlow, "the batch takes long");
        _silo.Faults.CheckFault = static () => FaultyStorage.DiskFailure;
        HealthReportEntry entry = await CheckAsync(_silo.Services);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        await locked.RollbackAsync();
        await write.Within();
        _silo.Faults.CheckFault = null;
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(_silo.Services)).Status);
    }

    [Fact]
    public async Task A_slow_storage_is_degraded()
    {
        _silo.Faults.Block();
        Task write = _silo.Inside.TransactionAsync(
            async tx => { await tx.WriteAsync(new DiskAccount { Id = 1 }); });
        await _silo.Faults.Reached.Within();
        var journal = _silo.Services.GetRequiredService<Journal>();
        await Waiting.UntilAsync(() => journal.IsSlow, "the batch takes long");

        HealthReportEntry entry = await CheckAsync(_silo.Services);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        _silo.Faults.Unblock();
        await write.Within();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(_silo.Services)).Status);
    }

    [Fact]
    public async Task A_client_asks_a_silo()
    {
        HealthReportEntry entry = await CheckAsync(_silo.ClientServices);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("A silo answers.", entry.Description);
    }

    [Fact]
    public async Task A_store_that_has_not_started_is_unhealthy()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(static silo => silo.UseLocalhostClustering().AddMemento());
        builder.Services.AddHealthChecks().AddMemento();
        using IHost host = builder.Build();

        HealthReportEntry entry = await CheckAsync(host.Services);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("has not started", entry.Description, StringComparison.Ordinal);
    }

    private static async Task<HealthReportEntry> CheckAsync(IServiceProvider services)
    {
        HealthReport report = await services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync();
        return Assert.Single(report.Entries, static each => each.Key == "memento").Value;
    }

    private Task<DiskAccount?> ReadAsync()
        => _silo.Inside.TransactionAsync(async tx => await tx.ReadAsync<DiskAccount>(1));
}
