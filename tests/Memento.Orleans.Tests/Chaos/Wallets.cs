using System.Collections.Concurrent;
using Memento.CrashChild;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Chaos;

/// <summary>
/// Transfers between wallets, which are transactional grains of Orleans, and tills in tables, each
/// with a receipt in a table. Every reader of both sees the same sum. In the end each place has
/// what its receipts say, and there is a receipt for each transfer that was acknowledged, and for
/// none that failed.
/// </summary>
/// <param name="plan">The seed, and whether there are tills in ram.</param>
/// <param name="clients">The services of the clients of the store.</param>
/// <param name="withoutStore">The services of a client that has Orleans alone.</param>
internal sealed class Wallets(
    ChaosPlan plan, IReadOnlyList<IServiceProvider> clients, IServiceProvider withoutStore)
{
    private const int Tellers = 20;

    private static readonly MoveWay[] Ways = Enum.GetValues<MoveWay>();

    private readonly bool _hasRam = plan.KeepsRam;
    private readonly ConcurrentDictionary<string, bool?> _ends = new();
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly int[] _committed = new int[Ways.Length];
    private (long[] Found, ClusterMove[] Receipts) _last = ([], []);
    private int _lastToken;
    private int _looks;

    public int Committed => _committed.Sum();

    public Task FillAsync()
    {
        (IMemento memento, IGrainFactory grains) = Open(0);
        return memento.TransactionAsync(tx => ClusterMove.FillAsync(tx, grains, _hasRam));
    }

    public async Task WorkAsync(int worker, CancellationToken ending)
    {
        var random = new Random(HashCode.Combine(plan.Seed, worker, nameof(Wallets).Length));
        (IMemento memento, IGrainFactory grains) = Open(worker % clients.Count);
        while (!ending.IsCancellationRequested)
        {
            if (random.Next(10) == 0)
                await LookAsync(memento, grains, random);
            else
                await MoveAsync(memento, grains, random);
        }
    }

    /// <summary>Whether each way is taken again, and a reader has seen all, since now.</summary>
    public Func<bool> Mark()
    {
        int[] before = [.. _committed];
        int looks = _looks;
        return () => Volatile.Read(ref _looks) > looks
            && Ways.All(way => Volatile.Read(ref _committed[(int)way]) > before[(int)way]);
    }

    /// <summary>
    /// Reads all, after the end of all work; false: something is locked by what has failed.
    /// </summary>
    public async Task<bool> TryReadAllAsync()
    {
        (IMemento memento, IGrainFactory grains) = Open(clients.Count - 1);
        try
        {
            _last = await memento.TransactionAsync(async tx => (
                await ClusterMove.ReadAllAsync(tx, grains, _hasRam),
                await ReadReceiptsAsync(tx)));
            return true;
        }
        catch (Exception exception) when (ClusterGrains.MayFailWith(exception))
        {
            Count("the last look", exception);
            return false;
        }
    }

    /// <summary>What was wrong, also with what was read last.</summary>
    public IReadOnlyList<string> Check()
    {
        CheckSum(_last.Found);
        CheckReceipts(_last.Found, _last.Receipts);
        return [.. _wrong];
    }

    public override string ToString()
        => $"{Committed} moves between wallets and tills ("
            + string.Join(", ", Ways.Select(way => $"{way} {_committed[(int)way]}"))
            + $"; {_ends.Values.Count(static each => each is null)} in doubt), {_looks} looks at "
            + "all; errors: "
            + string.Join(", ", _errors.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .Select(static each => $"{each.Value} {each.Key}"));

    private static async Task<ClusterMove[]> ReadReceiptsAsync(ITransaction tx) =>
    [
        .. (await tx.AllAsync<ClusterSlip>()).Select(static each => new ClusterMove(
            each.Token, each.From, each.To, each.Amount, IsInRam: false, BeginsWithReceipt: false)),
        .. (await tx.AllAsync<ClusterRamSlip>()).Select(static each => new ClusterMove(
            each.Token, each.From, each.To, each.Amount, IsInRam: true, BeginsWithReceipt: false)),
    ];

    private void CheckReceipts(long[] found, ClusterMove[] receipts)
    {
        long[] expected = [.. Enumerable.Repeat(ClusterMove.Each, ClusterMove.Places)];
        foreach (ClusterMove each in receipts)
        {
            expected[each.From] -= each.Amount;
            expected[each.To] += each.Amount;
        }

        for (int place = 0; place < ClusterMove.Places; place++)
        {
            if (found[place] != expected[place])
            {
                _wrong.Enqueue(
                    $"{(ClusterMove.IsWallet(place) ? "Wallet" : "Till")} {place} has "
                    + $"{found[place]}; the receipts say {expected[place]}.");
            }
        }

        var kept = receipts.Select(static each => each.Token).ToHashSet();
        foreach ((string token, bool? end) in _ends)
        {
            if (end is true && !kept.Contains(token))
                _wrong.Enqueue($"Move {token} was acknowledged, and is not there.");
            if (end is false && kept.Contains(token))
                _wrong.Enqueue($"Move {token} failed, and is there.");
        }
    }

    private (IMemento Memento, IGrainFactory Grains) Open(int client) => (
        clients[client].GetRequiredService<IMemento>(),
        clients[client].GetRequiredService<IGrainFactory>());

    private async Task LookAsync(IMemento memento, IGrainFactory grains, Random random)
    {
        IClusterTeller teller = grains.GetGrain<IClusterTeller>(random.Next(Tellers));
        int way = random.Next(3);
        try
        {
            CheckSum(way switch
            {
                0 => await memento.TransactionAsync(
                    tx => ClusterMove.ReadAllAsync(tx, grains, _hasRam)),
                1 => await teller.ReadInBodyAsync(_hasRam),
                _ => await teller.ReadAsync(_hasRam),
            });
            Interlocked.Increment(ref _looks);
        }
        catch (Exception exception) when (ClusterGrains.MayFailWith(exception)
            || (way == 2 && IsOfOrleansAgent(exception)))
        {
            // What could not be read says nothing.
            Count("look", exception);
        }
    }

    private void CheckSum(long[] found)
    {
        long sum = found.Sum();
        if (sum != ClusterMove.Places * ClusterMove.Each)
            _wrong.Enqueue($"All have {sum} together: {string.Join(' ', found)}.");
    }

    private async Task MoveAsync(IMemento memento, IGrainFactory grains, Random random)
    {
        MoveWay way = Ways[random.Next(Ways.Length)];
        ClusterMove move = Choose(way, random);
        bool? end;
        try
        {
            end = await CarryOutAsync(way, move, memento, grains, random);
            if (end is true) Interlocked.Increment(ref _committed[(int)way]);
        }
        catch (Exception exception) when (ClusterGrains.MayFailWith(exception)
            || (way != MoveWay.Body && IsOfOrleansAgent(exception)))
        {
            end = IsKnownToHaveFailed(way, exception) ? false : null;
            Count(way.ToString(), exception);
        }

        _ends[move.Token] = end;
    }

    private ClusterMove Choose(MoveWay way, Random random)
    {
        // A wallet and any other place, in this direction or the other.
        int one = random.Next(ClusterMove.Wallets);
        int other = (one + 1 + random.Next(ClusterMove.Places - 1)) % ClusterMove.Places;
        (int from, int to) = random.Next(2) == 0 ? (one, other) : (other, one);
        bool isInRam = _hasRam && (ClusterMove.IsWallet(other)
            ? random.Next(2) == 0
            : ClusterMove.IsRamTill(other));
        return new ClusterMove(
            $"{way}{Interlocked.Increment(ref _lastToken)}",
            from,
            to,
            1 + random.Next(10),
            isInRam,
            BeginsWithReceipt: random.Next(3) == 0);
    }

    private async Task<bool?> CarryOutAsync(
        MoveWay way, ClusterMove move, IMemento memento, IGrainFactory grains, Random random)
    {
        IClusterTeller teller = grains.GetGrain<IClusterTeller>(random.Next(Tellers));
        switch (way)
        {
            case MoveWay.Body:
                await memento.TransactionAsync(tx => move.CarryOutAsync(tx, grains));
                return true;
            case MoveWay.SiloBody:
                return await teller.MoveInBodyAsync(move);
            case MoveWay.Method:
                await grains.GetGrain<IClusterWallet>(move.FirstWallet).MoveAsync(move);
                return true;
            case MoveWay.SiloMethod:
                await teller.MoveByWalletAsync(move);
                return true;
            default:
                await withoutStore.GetRequiredService<ITransactionClient>().RunTransaction(
                    TransactionOption.Create,
                    () => withoutStore.GetRequiredService<IGrainFactory>()
                        .GetGrain<IClusterWallet>(move.FirstWallet).MoveAsync(move));
                return true;
        }
    }

    /// <summary>
    /// A body here that fails leaves nothing, with any error but one. Of a call, an error of the
    /// call itself says nothing.
    /// </summary>
    private static bool IsKnownToHaveFailed(MoveWay way, Exception exception)
        => way == MoveWay.Body
            ? exception is not TransactionInDoubtException
            : exception is Orleans.Transactions.OrleansTransactionAbortedException;

    /// <summary>
    /// Orleans' own agent keeps the exception of a call by its serializer, which does not know some
    /// of Orleans' own.
    /// </summary>
    private static bool IsOfOrleansAgent(Exception exception)
        => exception is Orleans.Serialization.SerializerException;

    private void Count(string what, Exception exception)
        => _errors.AddOrUpdate(
            $"{what} {exception.GetType().Name}", 1, static (_, count) => count + 1);
}
