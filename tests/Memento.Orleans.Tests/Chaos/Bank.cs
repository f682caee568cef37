using System.Collections.Concurrent;
using Memento.CrashChild;
using Memento.Tests.Consistency;

namespace Memento.Tests.Chaos;

/// <summary>
/// Transfers between accounts, each with a receipt. Every look sees the same sum, and every
/// snapshot the receipts of a balance too. In the end there is a receipt for each transfer that was
/// acknowledged, and for none that failed.
/// </summary>
internal sealed class Bank(int seed)
{
    public const int Accounts = 30;
    public const long Each = 1_000;

    private readonly ConcurrentDictionary<string, bool?> _ends = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private int _last;
    private int _committed;

    public int Committed => Volatile.Read(ref _committed);

    public SnapshotRuns Snapshots { get; } = new();

    public int InDoubt => _ends.Values.Count(static each => each is null);

    public static Task FillAsync(IMemento memento) => memento.TransactionAsync(async tx =>
    {
        for (int id = 0; id < Accounts; id++)
            await tx.WriteAsync(new ClusterAccount { Id = id, Balance = Each });
    });

    public async Task WorkAsync(IMemento memento, int worker, CancellationToken ending)
    {
        var random = new Random(HashCode.Combine(seed, worker));
        while (!ending.IsCancellationRequested)
        {
            switch (random.Next(10))
            {
                case 0:
                    await LookAsync(memento);
                    break;
                case 1:
                    await LookBySnapshotAsync(memento, random.Next(Accounts));
                    break;
                default:
                    await TransferAsync(memento, random);
                    break;
            }
        }
    }

    /// <summary>What was wrong, after the end of all work.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(IMemento memento)
    {
        (ClusterAccount[] accounts, ClusterReceipt[] receipts) =
            await memento.TransactionAsync(async tx => (
                (await tx.AllAsync<ClusterAccount>()).ToArray(),
                (await tx.AllAsync<ClusterReceipt>()).ToArray()));
        CheckSum(accounts);
        var balances = Enumerable.Range(0, Accounts).ToDictionary(
            static id => id, static _ => Each);
        foreach (ClusterReceipt each in receipts)
        {
            balances[each.From] -= each.Amount;
            balances[each.To] += each.Amount;
        }

        foreach (ClusterAccount each in accounts)
        {
            if (balances[each.Id] != each.Balance)
            {
                _wrong.Enqueue(
                    $"Account {each.Id} has {each.Balance}; its receipts say {balances[each.Id]}.");
            }
        }

        var kept = receipts.Select(static each => each.Token).ToHashSet();
        foreach ((string token, bool? end) in _ends)
        {
            if (end is true && !kept.Contains(token))
                _wrong.Enqueue($"Transfer {token} was acknowledged, and is not there.");
            if (end is false && kept.Contains(token))
                _wrong.Enqueue($"Transfer {token} failed, and is there.");
        }

        return [.. _wrong];
    }

    private async Task LookAsync(IMemento memento)
    {
        try
        {
            CheckSum([.. await memento.TransactionAsync(
                static async tx => await tx.AllAsync<ClusterAccount>())]);
        }
        catch (MementoException)
        {
            // What could not be read says nothing.
        }
    }

    /// <summary>
    /// What it reads is true, also if the snapshot ends before its body does.
    /// </summary>
    private Task LookBySnapshotAsync(IMemento memento, int id)
        => Snapshots.TryAsync(memento, async snapshot =>
        {
            ClusterAccount[] accounts = [.. await snapshot.AllAsync<ClusterAccount>()];
            CheckSum(accounts);
            IReadOnlyList<ClusterReceipt> receipts = await snapshot.SelectAsync<ClusterReceipt>(
                receipt => receipt.From == id || receipt.To == id);
            long expected = Each
                + receipts.Sum(each => each.To == id ? each.Amount : -each.Amount);
            long? balance = accounts.FirstOrDefault(each => each.Id == id)?.Balance;
            if (balance != expected)
            {
                _wrong.Enqueue(
                    $"Account {id} has {balance} in a snapshot, and {expected} by its receipts.");
            }

            CheckSum([.. await snapshot.AllAsync<ClusterAccount>()]);
        });

    private void CheckSum(ClusterAccount[] accounts)
    {
        long sum = accounts.Sum(static each => each.Balance);
        if (sum != Accounts * Each || accounts.Length != Accounts)
            _wrong.Enqueue($"{accounts.Length} accounts have {sum} together.");
    }

    private async Task TransferAsync(IMemento memento, Random random)
    {
        int from = random.Next(Accounts);
        int to = (from + 1 + random.Next(Accounts - 1)) % Accounts;
        long amount = 1 + random.Next(10);
        string token = $"t{Interlocked.Increment(ref _last)}";
        bool? end = false;
        try
        {
            await memento.TransactionAsync(async tx =>
            {
                ClusterAccount payer = (await tx.ReadAsync<ClusterAccount>(from))!;
                ClusterAccount payee = (await tx.ReadAsync<ClusterAccount>(to))!;
                await tx.WriteAsync(payer with { Balance = payer.Balance - amount });
                await tx.WriteAsync(payee with { Balance = payee.Balance + amount });
                await tx.WriteAsync(new ClusterReceipt
                {
                    Token = token,
                    From = from,
                    To = to,
                    Amount = amount,
                });
            });
            end = true;
            Interlocked.Increment(ref _committed);
        }
        catch (TransactionInDoubtException)
        {
            end = null;
        }
        catch (MementoException)
        {
            // Nothing of it is kept: the check holds the error to that.
        }

        _ends[token] = end;
    }
}
