using Memento;

namespace Tickets.Tests;

public sealed class BoxOfficeTests(TicketCluster tickets)
    : IClassFixture<TicketCluster>, IAsyncLifetime
{
    private const string Hamlet = nameof(Hamlet);
    private const int Seats = 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private MementoTestCluster Cluster => tickets.Cluster;

    private IBoxOffice Office => Cluster.Grains.GetGrain<IBoxOffice>(Hamlet);

    public async ValueTask InitializeAsync()
    {
        await tickets.ResetAsync(Stop);
        await Office.OpenAsync(Seats);
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task No_seat_is_sold_twice()
    {
        Sale[] sales = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => BuyAsync($"customer {i}", 3)));

        Assert.Equal(6, sales.Count(static sale => sale.IsSold));
        Assert.Contains(sales, static sale => sale.Reason == "there are 2 seats left");
        await CheckAsync(sold: 18);
    }

    [Fact]
    public async Task Each_order_is_sold_once_although_a_silo_dies_in_the_middle()
    {
        TestSilo owner = await Cluster.SiloOfAsync<Show>(Hamlet, Stop);
        TestFault held = Cluster.Storage.Hold();
        Task<Sale>[] buying =
            [.. Enumerable.Range(0, 5).Select(i => BuyAsync($"customer {i}", 2))];
        await held.WhenHitAsync(Stop);

        // What the silo was about to write is never written.
        await Cluster.KillSiloAsync(owner, Stop);
        held.Dispose();

        Assert.All(await Task.WhenAll(buying), static sale => Assert.True(sale.IsSold));
        await CheckAsync(sold: 10);
    }

    [Fact]
    public async Task A_customer_waits_for_the_storage_and_buys_once()
    {
        TestFault down = Cluster.Storage.Fail();
        Task<Sale> buying = BuyAsync("Ada", 2);
        await down.WhenHitAsync(Stop);
        Assert.False(buying.IsCompleted);
        down.Dispose();

        Assert.True((await buying).IsSold);
        await CheckAsync(sold: 2);
    }

    [Fact]
    public async Task An_order_whose_answers_are_lost_is_sold_once()
    {
        TestSilo owner = await Cluster.SiloOfAsync<Show>(Hamlet, Stop);
        TestSilo[] others = [.. Cluster.Silos.Where(silo => silo != owner)];
        foreach (TestSilo other in others)
        {
            using TestFault lost = Cluster.Messages.Drop(owner, other);
            Task<Sale> buying = BuyAsync("Ada", 1);
            await Task.WhenAny(lost.WhenHitAsync(Stop), buying);
            lost.Dispose();
            Assert.True((await buying).IsSold);
        }

        await CheckAsync(sold: others.Length);
    }

    [Fact]
    public async Task A_reset_leaves_nothing_to_the_next_test()
    {
        await BuyAsync("Ada", 2);
        Assert.Equal(Seats - 2, await Office.LookAsync());

        await tickets.ResetAsync(Stop);

        Assert.Equal(0, await Cluster.Memento.Table<Order>().CountAsync(Stop));
        Assert.Null(await Cluster.Memento.Table<Show>().GetAsync(Hamlet, Stop));
        Assert.Null(await Cluster.Memento.Table<Look>().GetAsync(Hamlet, Stop));
    }

    private Task<Sale> BuyAsync(string customer, int seats)
        => new Customer(Cluster.Grains, customer).BuyAsync(Hamlet, seats, Stop);

    /// <summary>What is sold and what is free are all seats there are.</summary>
    private async Task CheckAsync(int sold)
    {
        (Show? show, IReadOnlyList<Order> orders) = await Cluster.Memento.TransactionAsync(
            static async tx => (
                await tx.ReadAsync<Show>(Hamlet),
                await tx.SelectAsync<Order>(static order => order.Show == Hamlet)),
            cancellationToken: Stop);
        Assert.Equal(sold, orders.Sum(static order => order.Seats));
        Assert.Equal(Seats - sold, show?.Free);
    }
}
