namespace Memento.CrashChild;

/// <summary>
/// A transfer between two places, wallets in grains or tills in tables, and its receipt in a table.
/// </summary>
/// <param name="Token">Its name, given by its caller.</param>
/// <param name="From">Where the money is taken.</param>
/// <param name="To">Where it comes to.</param>
/// <param name="Amount">The money.</param>
/// <param name="IsInRam">Whether till and receipt are in ram.</param>
/// <param name="BeginsWithReceipt">Whether a table takes part before any grain.</param>
[GenerateSerializer]
[Immutable]
public sealed record ClusterMove(
    string Token, int From, int To, long Amount, bool IsInRam, bool BeginsWithReceipt)
{
    /// <summary>The places below are wallets, the others tills.</summary>
    public const int Wallets = 8;

    /// <summary>How many places there are.</summary>
    public const int Places = 14;

    /// <summary>What each place has at first.</summary>
    public const long Each = 1_000;

    /// <summary>The wallet that is used first.</summary>
    public int FirstWallet => Math.Min(From, To);

    public static bool IsWallet(int place) => place < Wallets;

    /// <summary>
    /// Whether a till is in ram, in a cluster that has such tills. The others are on disk.
    /// </summary>
    public static bool IsRamTill(int place) => !IsWallet(place) && place % 2 == 0;

    /// <summary>Gives each place its first money.</summary>
    public static async Task FillAsync(ITransaction tx, IGrainFactory grains, bool hasRam)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(grains);
        for (int place = 0; place < Places; place++)
        {
            if (IsWallet(place))
                await grains.GetGrain<IClusterWallet>(place).AddAsync(Each);
            else
                await AddAsync(tx, place, Each, hasRam && IsRamTill(place));
        }
    }

    /// <summary>What each place has.</summary>
    public static async Task<long[]> ReadAllAsync(
        ITransaction tx, IGrainFactory grains, bool hasRam)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(grains);
        long[] found = new long[Places];
        for (int place = 0; place < Places; place++)
        {
            found[place] = IsWallet(place)
                ? await grains.GetGrain<IClusterWallet>(place).ReadAsync()
                : hasRam && IsRamTill(place)
                    ? (await tx.ReadAsync<ClusterRamTill>(place))?.Amount ?? 0
                    : (await tx.ReadAsync<ClusterTill>(place))?.Amount ?? 0;
        }

        return found;
    }

    /// <summary>Carries it out in a transaction, by calls of the wallets.</summary>
    public Task CarryOutAsync(ITransaction tx, IGrainFactory grains)
        => CarryOutAsync(
            tx, (place, change) => grains.GetGrain<IClusterWallet>(place).AddAsync(change));

    /// <summary>
    /// The same with another way to the wallets. They come first and by their numbers, because the
    /// locks of Orleans' states end by a time limit where they meet crosswise.
    /// </summary>
    public async Task CarryOutAsync(ITransaction tx, Func<int, long, Task> addToWallet)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(addToWallet);
        if (BeginsWithReceipt) await WriteReceiptAsync(tx);
        (int Place, long Change)[] changes = [(From, -Amount), (To, Amount)];
        foreach ((int place, long change) in changes.OrderBy(static each => each.Place))
        {
            if (IsWallet(place))
                await addToWallet(place, change);
            else
                await AddAsync(tx, place, change, IsInRam);
        }

        if (!BeginsWithReceipt) await WriteReceiptAsync(tx);
    }

    private static async Task AddAsync(ITransaction tx, int place, long change, bool isInRam)
    {
        if (isInRam)
        {
            long standing =
                (await tx.ReadAsync<ClusterRamTill>(place, LockMode.Write))?.Amount ?? 0;
            await tx.WriteAsync(new ClusterRamTill { Id = place, Amount = standing + change });
        }
        else
        {
            long standing = (await tx.ReadAsync<ClusterTill>(place, LockMode.Write))?.Amount ?? 0;
            await tx.WriteAsync(new ClusterTill { Id = place, Amount = standing + change });
        }
    }

    private async Task WriteReceiptAsync(ITransaction tx)
    {
        if (IsInRam)
        {
            await tx.WriteAsync(new ClusterRamSlip
            {
                Token = Token,
                From = From,
                To = To,
                Amount = Amount,
            });
        }
        else
        {
            await tx.WriteAsync(new ClusterSlip
            {
                Token = Token,
                From = From,
                To = To,
                Amount = Amount,
            });
        }
    }
}

/// <summary>Money in a table on disk.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 3)]
public sealed record ClusterTill
{
    public int Id { get; init; }

    public long Amount { get; init; }
}

/// <summary>Money in a table in ram.</summary>
[Table(Storage = TableStorage.Ram, Partitions = 3)]
public sealed record ClusterRamTill
{
    public int Id { get; init; }

    public long Amount { get; init; }
}

/// <summary>The receipt of a <see cref="ClusterMove"/> on disk.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 3)]
public sealed record ClusterSlip
{
    [PrimaryKey] public string Token { get; init; } = "";

    public int From { get; init; }

    public int To { get; init; }

    public long Amount { get; init; }
}

/// <summary>The receipt of a <see cref="ClusterMove"/> in ram.</summary>
[Table(Storage = TableStorage.Ram, Partitions = 3)]
public sealed record ClusterRamSlip
{
    [PrimaryKey] public string Token { get; init; } = "";

    public int From { get; init; }

    public int To { get; init; }

    public long Amount { get; init; }
}
