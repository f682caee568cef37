namespace Memento.Tests.TwoPhase;

/// <summary>
/// Accounts in tables and wallets in grains, of which some are chosen by chance for a transfer. All
/// together have nothing.
/// </summary>
internal sealed class MixedBank(int seed)
{
    private const int Accounts = 4;
    private const int Wallets = 4;

    /// <summary>
    /// One transfer between two places, of either kind. Wallets first, by their numbers: a state of
    /// Orleans has locks of its own, which are ended by a time limit where they meet crosswise.
    /// </summary>
    public Task TransferAsync(IMemento memento, IGrainFactory grains, Random random)
    {
        int from = random.Next(Accounts + Wallets);
        int to = random.Next(Accounts + Wallets);
        int amount = random.Next(1, 100);
        bool isWithinGrain = random.Next(2) == 0;
        if (IsWallet(from) && !IsWallet(to) && isWithinGrain)
        {
            return memento.TransactionAsync(async _ =>
                await WalletOf(grains, from).PayIntoAsync(to, amount, isOnDisk: to % 2 == 0));
        }

        (int Place, int Amount)[] changes = [(from, -amount), (to, amount)];
        return memento.TransactionAsync(async tx =>
        {
            foreach ((int place, int change) in changes.OrderBy(static each => each.Place))
            {
                if (IsWallet(place))
                    await WalletOf(grains, place).AddAsync(change);
                else
                    await Money.AddAsync(tx, place, change, isOnDisk: place % 2 == 0);
            }
        });
    }

    /// <summary>The sum of all, by one transaction over all.</summary>
    public Task<long> SumAsync(IMemento memento, IGrainFactory grains)
        => memento.TransactionAsync(async tx =>
        {
            long sum = 0;
            for (int place = 0; place < Accounts + Wallets; place++)
            {
                sum += IsWallet(place)
                    ? await WalletOf(grains, place).ReadAsync()
                    : await Money.ReadAsync(tx, place, isOnDisk: place % 2 == 0);
            }

            return sum;
        });

    private static bool IsWallet(int place) => place < Wallets;

    private IWallet WalletOf(IGrainFactory grains, int place)
        => grains.GetGrain<IWallet>($"{seed}-{place}");
}
