using Memento.Tests.Conformance.Grains;
using Memento.Tests.Conformance.Tables;
using Memento.Tests.Journals;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Transactions;

namespace Memento.Tests.Conformance;

/// <summary>
/// An Orleans that does not ask for its transaction agent when a transactional call is made: it has
/// to know of every transaction from the beginning.
/// </summary>
public sealed class EarlyIntroductionTests : IAsyncLifetime
{
    private readonly ListLogger<LateIntroduction> _log = new();
    private TestSilo _silo = null!;
    private IServiceProvider _client = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram),
            silo =>
            {
                silo.AddMemoryGrainStorage("foreign");
                AskOnce(silo.Services);
            });
        _client = await _silo.ConnectAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram),
            client => AskOnce(client.Services));
    }

    public async ValueTask DisposeAsync() => await _silo.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_knows_of_every_transaction_from_the_beginning_and_the_log_says_so(
        bool isClient)
    {
        Assert.False(Of(isClient).GetRequiredService<AmbientTransaction>().IsPossible);
        Assert.Equal(2, _log.Lines.Count);
        Assert.All(_log.Lines, static line => Assert.Equal(LogLevel.Warning, line.Level));

        await Memento(isClient).TransactionAsync(async tx =>
        {
            Assert.NotNull(TransactionContext.GetTransactionInfo());
            Assert.Same(tx, Memento(isClient).Current);
            await tx.WriteAsync(new Entry { Name = "a", Value = 1 });
        }).Within();

        Assert.Null(Memento(isClient).Current);
        Assert.Equal(1, await CountAsync(isClient));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Grains_that_a_body_calls_are_in_its_transaction(bool isClient)
    {
        foreach (bool commits in new[] { false, true })
        {
            await Memento(isClient).TryTransactionAsync(async tx =>
            {
                await tx.WriteAsync(new Entry { Name = "own", Value = 1 });
                await Task.WhenAll(Enumerable.Range(0, 4).Select(
                    i => Task.Run(() => Shop(isClient, $"shop {i}").SellAsync($"{i}", i))));
                Assert.Equal(3, (await tx.ReadAsync<Entry>("3"))!.Value);
                if (!commits) tx.Abort();
            }).Within();
            Assert.Equal(commits ? 5 : 0, await CountAsync(isClient));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_nested_abort_undoes_what_grains_wrote_that_it_called(bool isClient)
    {
        await Memento(isClient).TransactionAsync(async tx =>
        {
            await Shop(isClient, "shop").IncrementAsync("a");
            await tx.TryNestedAsync(async inner =>
            {
                Assert.Equal(2, await Shop(isClient, "shop").IncrementAsync("a"));
                inner.Abort();
            });
            Assert.Equal(1, (await tx.ReadAsync<Entry>("a"))!.Value);
        }).Within();

        Assert.Equal(1, (await Memento(isClient).Table<Entry>().GetAsync("a").Within())!.Value);
    }

    private void AskOnce(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<ITransactionAgent>(
            static provider => provider.GetRequiredService<MementoTransactionAgent>()));
        services.AddSingleton<ILogger<LateIntroduction>>(_log);
    }

    private Task<long> CountAsync(bool isClient)
        => Memento(isClient).Table<Entry>().CountAsync().Within();

    private IServiceProvider Of(bool isClient) => isClient ? _client : _silo.Services;

    private IMemento Memento(bool isClient) => Of(isClient).GetRequiredService<IMemento>();

    private IShopGrain Shop(bool isClient, string name)
        => Of(isClient).GetRequiredService<IGrainFactory>().GetGrain<IShopGrain>(name);
}
