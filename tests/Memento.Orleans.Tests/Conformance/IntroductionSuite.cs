using Memento.Tests.Conformance.Grains;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Transactions;

namespace Memento.Tests.Conformance;

/// <summary>
/// A body and the grains that it calls are one transaction, whenever Orleans comes to know of it.
/// </summary>
public abstract class IntroductionSuite(ApplicationGrainFixture fixture) : IAsyncLifetime
{
    public async ValueTask InitializeAsync()
        => await ConformanceTables.ClearAsync(fixture.Silo.GetRequiredService<IMemento>());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Grains_that_are_called_side_by_side_are_in_the_transaction_of_the_body(
        bool isClient, bool commits)
    {
        await Memento(isClient).TryTransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "own", Value = 1 });
            await Task.WhenAll(Enumerable.Range(0, 8).Select(
                i => Task.Run(() => Shop(isClient, $"shop {i}").SellAsync($"{i}", i))));
            Assert.Equal(7, (await tx.ReadAsync<Entry>("7"))!.Value);
            Assert.Same(tx, Memento(isClient).Current);
            if (!commits) tx.Abort();
        }).Within();

        Assert.Equal(
            commits ? 9 : 0, await Memento(isClient).Table<Entry>().CountAsync().Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Grain_calls_of_all_attempts_are_as_old_as_the_first_attempt(bool isClient)
    {
        List<DateTime> ages = [];
        await Memento(isClient).TransactionAsync(async tx =>
        {
            await Memento(isClient).GetRecord<Entry>("a").ReadAsync();
            ages.Add(TransactionContext.GetRequiredTransactionInfo().Priority);
            if (ages.Count < 3) throw new TransactionConflictException("Again.");
        }).Within();

        Assert.Equal(3, ages.Count);
        Assert.Single(ages.Distinct());
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_joins_by_Orleans_own_client_is_in_the_transaction_of_the_body(
        bool isClient)
    {
        var orleans = Of(isClient).GetRequiredService<ITransactionClient>();
        await Memento(isClient).TryTransactionAsync(async tx =>
        {
            await orleans.RunTransaction(
                TransactionOption.Join,
                async () => { await Shop(isClient, "shop").IncrementAsync("a"); });
            Assert.Equal(1, (await tx.ReadAsync<Entry>("a"))!.Value);
            tx.Abort();
        }).Within();

        Assert.Null(await Memento(isClient).Table<Entry>().GetAsync("a").Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_Orleans_own_client_begins_inside_a_body_is_another_transaction(
        bool isClient)
    {
        var orleans = Of(isClient).GetRequiredService<ITransactionClient>();
        await Memento(isClient).TryTransactionAsync(async tx =>
        {
            await orleans.RunTransaction(
                TransactionOption.Create,
                async () => { await Shop(isClient, "shop").IncrementAsync("a"); });
            tx.Abort();
        }).Within();

        Assert.Equal(1, (await Memento(isClient).Table<Entry>().GetAsync("a").Within())!.Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Code_that_a_body_leaves_running_is_in_no_transaction_after_its_end(
        bool isClient)
    {
        var hasEnded = new Signal();
        Task<ITransaction?> left = null!;
        async Task<ITransaction?> LaterAsync()
        {
            await hasEnded.WaitAsync();
            return Memento(isClient).Current;
        }

        await Memento(isClient).TransactionAsync(_ =>
        {
            left = LaterAsync();
            return Task.CompletedTask;
        }).Within();
        hasEnded.Set();

        Assert.Null(await left.Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_body_does_after_it_was_given_up_is_refused_until_it_ends(
        bool isClient)
    {
        var isGivenUp = new Signal();
        var hasEnded = new Signal();
        Task body = null!, left = null!;
        await Assert.ThrowsAsync<TransactionTimeoutException>(
            () => Memento(isClient).TransactionAsync(
                async _ => await (body = BodyAsync()),
                new TransactionOptions { Timeout = TimeSpan.FromMilliseconds(100) }).Within());
        isGivenUp.Set();
        await body.Within();
        Assert.Equal(0, await Memento(isClient).Table<Entry>().CountAsync().Within());

        hasEnded.Set();
        await left.Within();
        Assert.Equal(1, (await Memento(isClient).Table<Entry>().GetAsync("left").Within())!.Value);

        async Task BodyAsync()
        {
            left = LaterAsync();
            await isGivenUp.WaitAsync();
            Assert.NotNull(Memento(isClient).Current);
            await Assert.ThrowsAnyAsync<MementoException>(
                () => Of(isClient).GetRequiredService<ITransactionClient>().RunTransaction(
                    TransactionOption.CreateOrJoin,
                    async () => { await Shop(isClient, "shop").IncrementAsync("a"); }));
            await Assert.ThrowsAnyAsync<MementoException>(
                () => Memento(isClient).TransactionAsync(
                    async tx => { await tx.WriteAsync(new Entry { Name = "b", Value = 1 }); }));
            await Assert.ThrowsAnyAsync<MementoException>(
                async () => await Memento(isClient).Table<Entry>().PutAsync(
                    new Entry { Name = "c", Value = 1 }));
        }

        async Task LaterAsync()
        {
            await hasEnded.WaitAsync();
            await Waiting.UntilAsync(
                () => Memento(isClient).Current is null, "the body is known to have ended");
            await Memento(isClient).TransactionAsync(
                async tx => { await tx.WriteAsync(new Entry { Name = "left", Value = 1 }); });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_body_in_a_grain_does_after_it_was_given_up_is_refused(bool isClient)
    {
        Assert.Equal(
            nameof(TransactionTimeoutException),
            await Shop(isClient, "shop").GoOnAloneAsync("a").Within());
        Assert.Null(await Memento(isClient).Table<Entry>().GetAsync("a").Within());
    }

    protected IServiceProvider Of(bool isClient) => isClient ? fixture.Client : fixture.Silo;

    protected IMemento Memento(bool isClient) => Of(isClient).GetRequiredService<IMemento>();

    protected IShopGrain Shop(bool isClient, string name)
        => Of(isClient).GetRequiredService<IGrainFactory>().GetGrain<IShopGrain>(name);
}
