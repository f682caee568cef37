namespace Memento.Tests.TwoPhase;

/// <summary>
/// Accounts in tables and wallets in grains, of which some are chosen by chance for a transfer: of
/// one kind, or of both. All together have nothing.
/// </summary>
/// <param name="key">The first of their keys.</param>
/// <param name="usesRam">Whether half of the accounts are in ram.</param>
internal sealed class MixedBank(int key, bool usesRam = true)
{
    private const int Accounts = 4;
    private const int Wallets = 4;

    /// <summary>
    /// One transfer between two places, of either kind. Wallets first, by their numbers: a state of
    /// Orleans has locks of its own, which are ended by a time limit where they meet crosswise.
    /// </summary>
    public Task TransferAsync(Desk desk, Random random, TransactionOptions? options = null)
    {
        int from = random.Next(Accounts + Wallets);
        int to = random.Next(Accounts + Wallets);
        int amount = random.Next(1, 100);
        bool isWithinGrain = random.Next(2) == 0;
        if (IsWallet(from) && !IsWallet(to) && isWithinGrain)
        {
            return desk.Memento.TransactionAsync(
                async _ => await desk.Wallet(key + from)
                    .PayIntoAsync(key + to, amount, IsOnDisk(to)),
                options);
        }

        (int Place, int Amount)[] changes = [(from, -amount), (to, amount)];
        return desk.Memento.TransactionAsync(
            async tx =>
            {
                foreach ((int place, int change) in changes.OrderBy(static each => each.Place))
                {
                    if (IsWallet(place))
                        await desk.Wallet(key + place).AddAsync(change);
                    else
                        await Money.AddAsync(tx, key + place, change, IsOnDisk(place));
                }
            },
            options);
    }

    /// <summary>The sum of all, by one transaction over all.</summary>
    public Task<long> SumAsync(Desk desk, TransactionOptions? options = null)
        => desk.Memento.TransactionAsync(
            async tx =>
            {
                long sum = 0;
                for (int place = 0; place < Accounts + Wallets; place++)
                {
                    sum += IsWallet(place)
                        ? await desk.Wallet(key + place).ReadAsync()
                        : await Money.ReadAsync(tx, key + place, IsOnDisk(place));
                }

                return sum;
            },
            options);

    private static bool IsWallet(int place) => place < Wallets;

    private bool IsOnDisk(int place) => !usesRam || place % 2 == 0;
}
