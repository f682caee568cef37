using Memento;

namespace Orders;

/// <summary>
/// Sells: takes the money from the account, which is a transactional grain, and the product from
/// the stock, which is a table, and writes the order. All of it happens, or nothing does.
/// </summary>
public sealed class Shop(IMemento memento, IGrainFactory grains)
{
    /// <summary>Puts a product into the stock.</summary>
    public Task StockAsync(
        string product, int left, long price, CancellationToken cancellationToken = default)
        => memento.TransactionAsync(
            async tx =>
            {
                await tx.WriteAsync(new Stock { Product = product, Left = left, Price = price });
            },
            cancellationToken: cancellationToken);

    /// <summary>Buys. The same order again buys nothing, and gets the same answer.</summary>
    /// <returns>Why nothing was bought; null: it is bought.</returns>
    public async Task<string?> BuyAsync(
        Guid number,
        string customer,
        string product,
        int quantity,
        CancellationToken cancellationToken = default)
    {
        TransactionResult bought = await memento.TryTransactionAsync(
            async tx =>
            {
                if (await tx.ReadAsync<Order>(number) is not null) return;

                Stock? stock = await tx.ReadAsync<Stock>(product, LockMode.Write);
                if (stock is null) tx.Abort("there is no such product");
                if (stock.Left < quantity) tx.Abort($"there are {stock.Left} left");

                long price = stock.Price * quantity;
                if (!await grains.GetGrain<IAccount>(customer).TryPayAsync(price))
                    tx.Abort("there is not enough money");

                await tx.WriteAsync(stock with { Left = stock.Left - quantity });
                await tx.WriteAsync(new Order
                {
                    Number = number,
                    Customer = customer,
                    Product = product,
                    Quantity = quantity,
                    Paid = price,
                });
            },
            cancellationToken: cancellationToken);
        return bought.Reason;
    }

    /// <summary>The money of all, and what is left, at one moment.</summary>
    public Task<Books> CountAsync(
        IReadOnlyList<string> customers,
        string product,
        CancellationToken cancellationToken = default)
        => memento.TransactionAsync(
            async tx =>
            {
                long money = 0;
                foreach (string customer in customers)
                    money += await grains.GetGrain<IAccount>(customer).GetBalanceAsync();
                IReadOnlyList<Order> orders = await tx.AllAsync<Order>();
                return new Books(
                    money,
                    orders.Sum(static order => order.Paid),
                    (await tx.ReadAsync<Stock>(product))?.Left ?? 0,
                    orders.Sum(static order => order.Quantity));
            },
            cancellationToken: cancellationToken);
}

/// <summary>What the shop and its customers have.</summary>
/// <param name="Money">The money in the accounts.</param>
/// <param name="Paid">What was paid for the orders.</param>
/// <param name="Left">How many products are left.</param>
/// <param name="Sold">How many were sold.</param>
public sealed record Books(long Money, long Paid, int Left, int Sold);
