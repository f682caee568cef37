using Memento;

namespace Tickets;

/// <summary>Buys seats, and does not give up when a silo or the storage is gone.</summary>
public sealed class Customer(IGrainFactory grains, string name)
{
    /// <summary>
    /// How long an answer may take: much less than Orleans waits for one from a silo that has died.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task<Sale> BuyAsync(
        string show, int seats, CancellationToken cancellationToken = default)
    {
        var order = Guid.NewGuid();
        while (true)
        {
            try
            {
                return await grains.GetGrain<IBoxOffice>(show)
                    .SellAsync(order, name, seats)
                    .WaitAsync(Patience, cancellationToken);
            }
            catch (Exception failure)
                when (failure is MementoException or OrleansException or TimeoutException)
            {
                // It may be sold or not. The same order once more does not sell it twice.
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
