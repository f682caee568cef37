using Memento;

namespace Orders.Tests;

public sealed class ShopTests(ShopCluster shops) : IClassFixture<ShopCluster>, IAsyncLifetime
{
    private const string Tea = nameof(Tea);
    private const int Stock = 100;
    private const int Price = 3;

    /// <summary>New in each test: accounts are not records, which a reset removes.</summary>
    private readonly string[] _customers =
        [.. Enumerable.Range(0, 4).Select(static i => $"customer {i} {Guid.NewGuid():N}")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private MementoTestCluster Cluster => shops.Cluster;

    private Shop Shop => new(Cluster.Memento, Cluster.Grains);

    public async ValueTask InitializeAsync()
    {
        await shops.ResetAsync(Stop);
        await Shop.StockAsync(Tea, Stock, Price, Stop);
        foreach (string each in _customers)
            await Cluster.Grains.GetGrain<IAccount>(each).DepositAsync(Stock);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task An_order_takes_the_money_and_the_tea()
    {
        Assert.Null(await Shop.BuyAsync(Guid.NewGuid(), _customers[0], Tea, 2, Stop));
        await CheckAsync(sold: 2);
    }

    [Fact]
    public async Task Without_money_or_tea_nothing_is_taken()
    {
        Assert.Equal(
            "there is not enough money",
            await Shop.BuyAsync(Guid.NewGuid(), _customers[0], Tea, Stock / 2, Stop));
        Assert.Equal(
            $"there are {Stock} left",
            await Shop.BuyAsync(Guid.NewGuid(), _customers[0], Tea, Stock + 1, Stop));
        await CheckAsync(sold: 0);
    }

    [Fact]
    public async Task The_same_order_again_buys_nothing()
    {
        var number = Guid.NewGuid();
        Assert.Null(await Shop.BuyAsync(number, _customers[0], Tea, 1, Stop));
        Assert.Null(await Shop.BuyAsync(number, _customers[0], Tea, 1, Stop));
        await CheckAsync(sold: 1);
    }

    [Fact]
    public async Task Customers_side_by_side_pay_for_what_they_get()
    {
        string?[] reasons = await Task.WhenAll(Enumerable.Range(0, 40).Select(i
            => Shop.BuyAsync(Guid.NewGuid(), _customers[i % _customers.Length], Tea, 2, Stop)));
        Assert.All(reasons, Assert.Null);
        await CheckAsync(sold: 80);
    }

    [Fact]
    public async Task Each_order_is_paid_once_although_a_silo_dies_in_the_middle()
    {
        TestSilo owner = await Cluster.SiloOfAsync<Stock>(Tea, Stop);
        TestFault held = Cluster.Storage.Hold();
        Task<string?>[] buying =
            [.. _customers.Select(customer => BuyAsync(Guid.NewGuid(), customer))];
        await held.WhenHitAsync(Stop);

        // The account has voted for it, and the decision is never written.
        await Cluster.KillSiloAsync(owner, Stop);
        held.Dispose();

        Assert.All(await Task.WhenAll(buying), Assert.Null);
        await CheckAsync(sold: _customers.Length);
    }

    [Fact]
    public async Task Nothing_is_paid_in_where_the_first_write_of_an_account_fails()
    {
        string one = $"{Guid.NewGuid():N}", other = $"{Guid.NewGuid():N}";
        using (shops.Block(one))
        {
            await Assert.ThrowsAnyAsync<MementoException>(() => Cluster.Memento.TransactionAsync(
                async _ =>
                {
                    await Cluster.Grains.GetGrain<IAccount>(one).DepositAsync(1);
                    await Cluster.Grains.GetGrain<IAccount>(other).DepositAsync(1);
                },
                cancellationToken: Stop));
        }

        long money = await Cluster.Memento.TransactionAsync(
            async _ => await Cluster.Grains.GetGrain<IAccount>(one).GetBalanceAsync()
                + await Cluster.Grains.GetGrain<IAccount>(other).GetBalanceAsync(),
            cancellationToken: Stop);
        Assert.Equal(0, money);
    }

    /// <summary>Buys, and does not give up when a silo dies: the order has a number.</summary>
    private async Task<string?> BuyAsync(Guid number, string customer)
    {
        while (true)
        {
            try
            {
                return await Shop.BuyAsync(number, customer, Tea, 1, Stop);
            }
            catch (Exception failure)
                when (failure is MementoException or OrleansException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), Stop);
            }
        }
    }

    /// <summary>What is sold and what is left is all there was, and all of it is paid.</summary>
    private async Task CheckAsync(int sold)
    {
        Books books = await Shop.CountAsync(_customers, Tea, Stop);
        Assert.Equal(
            new Books(
                (Stock * _customers.Length) - (Price * sold), Price * sold, Stock - sold, sold),
            books);
    }
}
