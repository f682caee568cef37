using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento.Tests.Hosting;

/// <summary>
/// Calls before the silo or client has started, after it has stopped, and without a silo.
/// </summary>
public sealed class UnavailableTests
{
    private static readonly Dictionary<string, Func<IMemento, Task>> Calls = new()
    {
        ["nothing"] = static memento => memento.TransactionAsync(static _ => Task.CompletedTask),
        ["write"] = static memento => memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = "a" })),
        ["try"] = static memento => memento.TryTransactionAsync(
            async tx => await tx.CountAsync<Entry>()),
        ["one"] = static memento => memento.Table<Entry>().GetAsync("a").AsTask(),
        ["list"] = static memento => memento.Tables.ListAsync(),
        ["info"] = static memento => memento.Tables.InfoAsync<Entry>(),
        ["clear"] = static memento => memento.Tables.ClearAsync<Entry>(),
        ["create"] = static memento => memento.Tables.CreateAsync<Entry>(),
        ["delete"] = static memento => memento.Tables.DeleteAsync<Entry>(),
        ["index"] = static memento => memento.Tables.AddIndexAsync<Entry>("Value"),
        ["no index"] = static memento => memento.Tables.RemoveIndexAsync<Entry>("Value"),
        ["wait"] = static memento => memento.Tables.WaitAsync(TimeSpan.Zero, typeof(Entry)),
        ["record"] = static memento => memento.GetRecord<Entry>("a").ReadAsync(),
    };

    [Fact]
    public async Task A_silo_that_has_not_started_says_so()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(static silo => silo
            .UseLocalhostClustering().AddMemento(static memento => memento.AddTable<Entry>()));
        using IHost host = builder.Build();

        await AssertUnavailableAsync(
            host.Services.GetRequiredService<IMemento>(), "has not started yet", Calls.Keys);
    }

    [Fact]
    public async Task A_client_that_has_not_started_says_so_and_works_when_it_has()
    {
        await using TestSilo silo = await StartAsync();
        using IHost host = BuildClient(silo);
        IMemento client = host.Services.GetRequiredService<IMemento>();

        await AssertUnavailableAsync(client, "has not started yet", Calls.Keys);

        await host.StartAsync();
        await client.TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = "a", Value = 1 })).Within();
        Assert.Equal(1, (await client.GetRecord<Entry>("a").ReadAsync().Within())!.Value);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_silo_that_has_stopped_says_so()
    {
        MementoHost host = await MementoHost.StartAsync(
            static memento => memento.AddTable<Entry>());
        IMemento memento = host.Memento;
        await host.DisposeAsync();

        await AssertUnavailableAsync(memento, "has stopped", Calls.Keys);
    }

    [Fact]
    public async Task A_client_that_has_stopped_says_so()
    {
        await using TestSilo silo = await StartAsync();
        using IHost host = BuildClient(silo);
        await host.StartAsync();
        IMemento client = host.Services.GetRequiredService<IMemento>();
        await host.StopAsync();

        await AssertUnavailableAsync(client, "has stopped", Calls.Keys);
    }

    [Fact]
    public async Task A_client_whose_silo_has_gone_says_so()
    {
        TestSilo silo = await StartAsync();
        var lost = new Signal();
        using IHost host = BuildClient(
            silo, client => client.AddClusterConnectionLostHandler((_, _) => lost.Set()));
        await host.StartAsync();
        IMemento client = host.Services.GetRequiredService<IMemento>();
        await client.Tables.ListAsync().Within();
        await silo.DisposeAsync();

        // Orleans lets a call that was sent meanwhile wait for its answer for half a minute.
        await lost.WaitAsync();

        await AssertUnavailableAsync(client, "did not answer", ["list", "info", "create", "index"]);

        // A transaction tries again until its time is up: another silo may come.
        TransactionTimeoutException error = await Assert.ThrowsAsync<TransactionTimeoutException>(
            () => client.TransactionAsync(
                async tx => await tx.WriteAsync(new Ticket { Title = "a" }),
                new TransactionOptions { Timeout = TimeSpan.FromSeconds(1) }).Within());
        Assert.Contains("did not answer", error.Message, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_transaction_overtaken_by_a_stop_of_its_silo_ends_with_an_error_of_Memento()
    {
        MementoHost host = await MementoHost.StartAsync(static memento => memento
            .AddTable<Entry>().AddTable<Ticket>());
        IMemento memento = host.Memento;
        var stopped = new Signal();
        Task running = memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a" });
            await stopped.WaitAsync();

            // A partition that was not used yet, and a number.
            await tx.WriteAsync(new Ticket { Title = "a" });
        });
        await host.DisposeAsync().AsTask().Within();
        stopped.Set();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => running.Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_overtaken_by_a_stop_of_its_client_ends_with_an_error_of_Memento(
        bool goesOn)
    {
        await using TestSilo silo = await StartAsync();
        using IHost host = BuildClient(silo);
        await host.StartAsync();
        IMemento client = host.Services.GetRequiredService<IMemento>();
        var written = new Signal();
        var stopped = new Signal();
        Task running = client.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a" });
            written.Set();
            await stopped.WaitAsync();
            if (goesOn) await tx.WriteAsync(new Entry { Name = "b" });
        });
        await written.WaitAsync();
        await host.StopAsync().Within();
        stopped.Set();

        Exception? error = await Record.ExceptionAsync(() => running.Within());
        Assert.True(
            error is StoreUnavailableException || (!goesOn && error is TransactionInDoubtException),
            $"{error}");
    }

    private static Task<TestSilo> StartAsync()
        => TestSilo.StartAsync(static memento => memento.AddTable<Entry>().AddTable<Ticket>());

    private static IHost BuildClient(
        TestSilo silo, Action<IClientBuilder>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client =>
        {
            client
                .UseLocalhostClustering(silo.GatewayPort)
                .AddMemento(static memento => memento.AddTable<Entry>().AddTable<Ticket>());
            configure?.Invoke(client);
        });
        return builder.Build();
    }

    private static async Task AssertUnavailableAsync(
        IMemento memento, string why, IEnumerable<string> calls)
    {
        foreach (string name in calls)
        {
            Exception? error = await Record.ExceptionAsync(() => Calls[name](memento).Within());
            Assert.True(
                error is StoreUnavailableException
                    && error.Message.Contains(why, StringComparison.Ordinal),
                $"'{name}' came to {error?.GetType().Name ?? "an end"}: {error?.Message}");
        }
    }
}
