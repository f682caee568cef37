using System.Collections.Concurrent;
using Memento.Storage;
using Memento.Tests.Compliance;

namespace Memento.Tests.Faults;

/// <summary>
/// Transfers over disk and ram tables from many workers while batches fail at random: balances are
/// the sum of the receipts, every caller got the true outcome, and memory equals the storage.
/// </summary>
public abstract class RandomFaultTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    private const int Accounts = 12;
    private const int InitialBalance = 1_000;
    private const int Workers = 16;
    private const int Transfers = 60;
    private const int TransfersBetweenLooks = 8;
    private const int BatchesPerFault = 14;

    private readonly ConcurrentDictionary<string, Receipt> _acknowledged = new();
    private readonly ConcurrentDictionary<string, string> _failed = new();
    private readonly ConcurrentQueue<string> _wrong = new();

    [Fact]
    public async Task Everybody_is_told_the_truth_while_batches_fail_at_random()
    {
        int seed = Settings.RunSeed;
        var random = new Random(seed);
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await OpenAccountsAsync(store);
        store.Faults.Plan = (_, batch) => random.Next(BatchesPerFault) switch
        {
            0 => new Fault(FaultyStorage.DiskFailure),
            1 => new Fault(new FencedException(
                batch.Entries[0].Epochs[0].Table, batch.Entries[0].Epochs[0].Partition)),
            2 => new Fault(new OutcomeDecidedException(
                batch.Entries[^1].TransactionId, TransactionOutcome.Aborted)),
            3 => new Fault(new EntryRefusedException(
                batch.Entries[random.Next(batch.Entries.Count)].TransactionId,
                FaultyStorage.DiskFailure)),
            4 => new Fault(
                new BatchInDoubtException("Perhaps.", FaultyStorage.DiskFailure),
                IsWritten: random.Next(2) == 0),
            _ => null,
        };
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(
            worker => Task.Run(() => WorkAsync(store.Memento, seed, worker))))
            .WaitAsync(FaultyStore.LongestRun);
        store.Faults.Plan = null;

        string run = $"seed {seed}";
        Assert.True(_wrong.IsEmpty, $"{run}: {string.Join(Environment.NewLine, _wrong)}");
        Assert.True(store.Faults.Failures > 0 && !_failed.IsEmpty, $"{run}: nothing failed");
        store.CheckIdle();
        await CheckAsync(store, run, hasRam: true);
        await store.RestartAsync();
        await CheckAsync(store, run + ", reloaded", hasRam: false);
    }

    private static Task OpenAccountsAsync(FaultyStore store)
        => store.Memento.TransactionAsync(async tx =>
        {
            for (int id = 0; id < Accounts; id++)
            {
                await tx.WriteAsync(new DiskAccount { Id = id, Balance = InitialBalance });
                await tx.WriteAsync(new RamAccount { Id = id, Balance = InitialBalance });
            }
        });

    private async Task WorkAsync(IMemento memento, int seed, int worker)
    {
        var random = new Random(HashCode.Combine(seed, worker));
        for (int i = 1; i <= Transfers; i++)
        {
            string token = $"{worker}-{i}";
            int from = random.Next(Accounts);
            int to = (from + 1 + random.Next(Accounts - 1)) % Accounts;
            try
            {
                _acknowledged[token] = await memento.TransactionAsync(
                    tx => TransferAsync(tx, from, to, amount: 1 + random.Next(50), token));
            }
            catch (StorageException exception)
            {
                _failed[token] = exception.Message;
            }

            if (i % TransfersBetweenLooks == 0) await memento.TransactionAsync(LookAsync);
        }
    }

    private async Task<Receipt> TransferAsync(
        ITransaction tx, int from, int to, long amount, string token)
    {
        DiskAccount source = (await tx.ReadAsync<DiskAccount>(from))!;
        DiskAccount target = (await tx.ReadAsync<DiskAccount>(to))!;
        RamAccount twin = (await tx.ReadAsync<RamAccount>(from))!;
        if (twin.Balance != source.Balance) _wrong.Enqueue($"{source} beside {twin}");
        await tx.WriteAsync(source with { Balance = source.Balance - amount });
        await tx.WriteAsync(target with { Balance = target.Balance + amount });
        await tx.WriteAsync(new RamAccount { Id = from, Balance = source.Balance - amount });
        await tx.WriteAsync(new RamAccount { Id = to, Balance = target.Balance + amount });
        return await tx.WriteAsync(
            new Receipt { From = from, To = to, Amount = amount, Token = token });
    }

    /// <summary>What a body sees counts, also when it is run again afterwards.</summary>
    private async Task LookAsync(ITransaction tx)
    {
        long disk = (await tx.AllAsync<DiskAccount>()).Sum(each => each.Balance);
        long ram = (await tx.AllAsync<RamAccount>()).Sum(each => each.Balance);
        if (disk != Accounts * InitialBalance || ram != disk)
            _wrong.Enqueue($"A body saw the sums {disk} and {ram}.");
    }

    private async Task CheckAsync(FaultyStore store, string run, bool hasRam)
    {
        IReadOnlyList<Receipt> receipts = await store.AllAsync<Receipt>();
        Assert.True(
            receipts.ToHashSet().SetEquals(_acknowledged.Values),
            $"{run}: {receipts.Count} receipts, {_acknowledged.Count} acknowledged");
        long[] expected = new long[Accounts];
        Array.Fill(expected, InitialBalance);
        foreach (Receipt receipt in receipts)
        {
            expected[receipt.From] -= receipt.Amount;
            expected[receipt.To] += receipt.Amount;
        }

        var disk = (await store.AllAsync<DiskAccount>()).OrderBy(each => each.Id);
        Assert.True(expected.SequenceEqual(disk.Select(each => each.Balance)), $"{run}: disk");
        var ram = (await store.AllAsync<RamAccount>()).OrderBy(each => each.Id);
        Assert.True(
            hasRam ? expected.SequenceEqual(ram.Select(each => each.Balance)) : !ram.Any(),
            $"{run}: ram");
        foreach (string token in _failed.Keys)
        {
            // A failed transaction has no unique value either.
            await store.WriteAsync(new Receipt { Id = long.MaxValue / 2, Token = token });
        }

        await store.Memento.TransactionAsync(
            async tx => { await tx.DeleteAsync<Receipt>(long.MaxValue / 2); });
    }
}
