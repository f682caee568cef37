using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Memento.Tests.Api;

public sealed class HostingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Several_calls_of_AddMemento_add_up()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static memento => memento.AddTable<Entry>(),
            silo => silo
                .AddMemento(static memento => memento.AddTable<Tag>())
                .AddMemento()
                .AddMemento(memento => memento.Configure(
                    static options => options.MaxAttempts = 3)));
        var memento = silo.Services.GetRequiredService<IMemento>();

        Assert.Equal(["Entry", "Tag"], await memento.Tables.ListAsync());
        await memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a" });
            await tx.WriteAsync(new Tag { Subject = "a", Word = "b" });
        });
        Assert.Equal(3, Options(silo.Services).MaxAttempts);
        Assert.Single(silo.Services.GetServices<IMemento>());
    }

    [Fact]
    public async Task UseTransactions_after_AddMemento_keeps_a_silo_from_starting()
    {
        var error = await Assert.ThrowsAsync<MementoException>(() => TestSilo.StartAsync(
            static memento => memento.AddTable<Entry>(), static silo => silo.UseTransactions()));
        Assert.Contains(
            "UseTransactions was called after AddMemento", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseTransactions_before_AddMemento_is_fine()
    {
        await using MementoHost host = await MementoHost.StartAsync(
            static memento => memento.AddTable<Entry>(),
            static builder => builder.UseOrleans(static silo => silo.UseTransactions()));
        await host.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = "a" }));
    }

    [Fact]
    public async Task UseTransactions_after_AddMemento_keeps_a_client_from_starting()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static memento => memento.AddTable<Entry>());
        var error = await Assert.ThrowsAsync<MementoException>(() => silo.ConnectAsync(
            static memento => memento.AddTable<Entry>(),
            static client => client.UseTransactions()));
        Assert.Contains(
            "UseTransactions was called after AddMemento", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_bind_from_the_section_and_code_comes_after_it()
    {
        await using MementoHost host = await StartAsync(
            new()
            {
                ["Memento:TransactionTimeout"] = "00:00:07",
                ["Memento:MaxAttempts"] = "5",
                ["Memento:MaxRetryDelay"] = "00:00:00.020",
            },
            static options => options.MaxAttempts = 2);

        MementoOptions bound = Options(host.Services);
        Assert.Equal(TimeSpan.FromSeconds(7), bound.TransactionTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(20), bound.MaxRetryDelay);
        Assert.Equal(2, bound.MaxAttempts);
    }

    [Fact]
    public async Task Options_of_the_section_are_those_of_transactions_that_do_not_say()
    {
        await using MementoHost host = await StartAsync(new() { ["Memento:MaxAttempts"] = "2" });
        OpenTransaction older = await OpenTransaction.StartAsync(host.Memento);
        await older.Tx.WriteAsync(new Entry { Name = "k" });
        int runs = 0;
        await Assert.ThrowsAsync<TransactionConflictException>(() => host.Memento.TransactionAsync(
            async tx =>
            {
                runs++;
                await tx.ReadAsync<Entry>("k");
            }).Within());
        Assert.Equal(2, runs);
        await older.CommitAsync();
    }

    [Theory]
    [InlineData("TransactionTimeout", "00:00:00")]
    [InlineData("TransactionTimeout", "01:00:01")]
    [InlineData("MaxAttempts", "0")]
    [InlineData("MaxRetryDelay", "00:00:00")]
    [InlineData("LeaseDuration", "00:00:00.999")]
    [InlineData("LeaseDuration", "00:05:01")]
    [InlineData("ConnectionString", " ")]
    public async Task An_option_out_of_its_range_keeps_the_silo_from_starting(
        string name, string value)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => StartAsync(new() { [$"Memento:{name}"] = value }));
        Assert.Contains($"Memento:{name}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_of_the_client_alone_is_not_found_in_the_silo()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static memento => memento.AddTable<Entry>());
        IServiceProvider client = await silo.ConnectAsync(
            static memento => memento.AddTable<Entry>().AddTable<Unregistered>());
        var memento = client.GetRequiredService<IMemento>();

        Func<Task>[] uses =
        [
            () => memento.TransactionAsync(async tx => await tx.ReadAsync<Unregistered>(1)),
            () => memento.TransactionAsync(async tx => await tx.WriteAsync(new Unregistered())),
            () => memento.TransactionAsync(async tx => await tx.AllAsync<Unregistered>()),
            () => memento.Tables.InfoAsync<Unregistered>(),
        ];
        foreach (Func<Task> use in uses)
        {
            var error = await Assert.ThrowsAsync<TableNotFoundException>(() => use().Within());
            Assert.Contains(
                "Table 'Unregistered' is not registered in this silo",
                error.Message,
                StringComparison.Ordinal);
        }

        await memento.TransactionAsync(async tx => await tx.WriteAsync(new Entry { Name = "a" }));
    }

    [Fact]
    public async Task Disk_tables_without_a_chosen_storage_are_in_the_file_of_the_options()
    {
        Assert.Equal("Data Source=memento.db", new MementoOptions().ConnectionString);
        for (int run = 0; run < 2; run++)
        {
            await using MementoHost host = await MementoHost.StartAsync(memento => memento
                .AddTable<Entry>(static table => table.Storage = TableStorage.Disk)
                .Configure(options => options.ConnectionString = _directory.ConnectionString));
            Assert.Equal(run, (await host.Memento.Tables.InfoAsync<Entry>()).Size);
            await host.Memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Entry { Name = "a" }));
        }

        Assert.True(File.Exists(_directory.DatabasePath));
    }

    [Fact]
    public async Task Ram_tables_alone_make_no_file()
    {
        await using MementoHost host = await MementoHost.StartAsync(memento => memento
            .AddTable<Entry>()
            .Configure(options => options.ConnectionString = _directory.ConnectionString));
        await host.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = "a" }));
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_second_silo_on_the_same_file_is_refused_and_told_of_PostgreSQL()
    {
        Task<MementoHost> StartAsync() => MementoHost.StartAsync(memento => memento
            .UseSqlite(_directory.ConnectionString)
            .AddTable<Entry>(static table => table.Storage = TableStorage.Disk));
        await using (MementoHost first = await StartAsync())
        {
            var error = await Assert.ThrowsAsync<StorageException>(StartAsync);
            Assert.Contains(_directory.DatabasePath, error.Message, StringComparison.Ordinal);
            Assert.Contains("is in use by process", error.Message, StringComparison.Ordinal);
            Assert.Contains("UsePostgreSql", error.Message, StringComparison.Ordinal);
            await first.Memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Entry { Name = "a" }));
        }

        await using MementoHost next = await StartAsync();
        Assert.Equal(1, (await next.Memento.Tables.InfoAsync<Entry>()).Size);
    }

    [Fact]
    public async Task A_storage_that_cannot_be_opened_keeps_the_silo_from_starting()
    {
        var error = await Assert.ThrowsAsync<StorageException>(() => MementoHost.StartAsync(
            memento => memento.UseSqlite($"Data Source={_directory.Path}").AddTable<Entry>()));
        Assert.Contains(_directory.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_stops_what_of_the_silo_had_begun()
    {
        var service = new SiloService();
        await Assert.ThrowsAsync<StorageException>(() => MementoHost.StartAsync(
            memento => memento.UseSqlite($"Data Source={_directory.Path}").AddTable<Entry>(),
            builder => builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
                service)));

        Assert.Equal((1, 1), (service.Started, service.Stopped));
    }

    private static MementoOptions Options(IServiceProvider services)
        => services.GetRequiredService<IOptions<MementoOptions>>().Value;

    private static Task<MementoHost> StartAsync(
        Dictionary<string, string?> settings, Action<MementoOptions>? configure = null)
        => MementoHost.StartAsync(
            memento =>
            {
                memento.AddTable<Entry>();
                if (configure is not null) memento.Configure(configure);
            },
            builder => builder.Configuration.AddInMemoryCollection(settings));
}
