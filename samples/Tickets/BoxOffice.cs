using Memento;
using Orleans.Concurrency;

namespace Tickets;

/// <summary>Carries out <see cref="IBoxOffice"/>.</summary>
[Reentrant]
internal sealed class BoxOffice(IMemento memento) : Grain, IBoxOffice
{
    private string Name => this.GetPrimaryKeyString();

    public Task OpenAsync(int seats)
        => memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Show { Name = Name, Seats = seats, Free = seats });
        });

    public Task<int> LookAsync()
        => memento.TransactionAsync(async tx =>
        {
            long count = (await tx.ReadAsync<Look>(Name, LockMode.Write))?.Count ?? 0;
            await tx.WriteAsync(new Look { Show = Name, Count = count + 1 });
            return (await tx.ReadAsync<Show>(Name))?.Free ?? 0;
        });

    public async Task<Sale> SellAsync(Guid order, string customer, int seats)
    {
        TransactionResult sold = await memento.TryTransactionAsync(async tx =>
        {
            if (await tx.ReadAsync<Order>(order) is not null) return;

            Show? show = await tx.ReadAsync<Show>(Name, LockMode.Write);
            if (show is null) tx.Abort("there is no such show");
            if (show.Free < seats) tx.Abort($"there are {show.Free} seats left");

            await tx.WriteAsync(show with { Free = show.Free - seats });
            await tx.WriteAsync(new Order
            {
                Number = order,
                Show = Name,
                Customer = customer,
                Seats = seats,
            });
        });
        return new Sale(sold.Ok, sold.Reason);
    }
}
