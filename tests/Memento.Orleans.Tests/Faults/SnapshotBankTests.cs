using System.Collections.Concurrent;
using Memento.Tests.Consistency;

namespace Memento.Tests.Faults;

/// <summary>
/// A bank whose accounts are in ram and on disk: transfers between them, which fail with their
/// batches, and snapshots of all accounts and receipts.
/// </summary>
public sealed class SnapshotBankTests(ITestOutputHelper output)
{
    private const int Accounts = 16;
    private const int Each = 1_000;
    private const int Workers = 4;

    // What a run needs to have seen, so that it says something.
    private const int LeastWhole = 40;
    private const int LeastCommitted = 100;
    private const int LeastFailed = 20;
    private const int LeastShown = 50;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Bank_by_snapshot_while_batches_fail(int silos)
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static builder => builder
                .AddTable<RamAccount>().AddTable<DiskAccount>().AddTable<Receipt>(),
            silos);
        await cluster.Memento.TransactionAsync(static async tx =>
        {
            for (int id = 0; id < Accounts; id++)
            {
                await tx.WriteAsync(new RamAccount { Id = id, Balance = Each });
                await tx.WriteAsync(new DiskAccount { Id = id, Balance = Each });
            }
        }).WaitAsync(TimeSpan.FromMinutes(1));

        IMemento[] places = [cluster.Memento, .. cluster.Silos.Select(static each => each.Memento)];
        var bank = new Bank();
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        int seed = Settings.RunSeed;
        output.WriteLine($"seed {seed}");
        Task failing = Task.Run(() => FailAsync(cluster.Storage, ending.Token));
        Task[] transfers = [.. Enumerable.Range(0, Workers).Select(worker => Task.Run(
            () => bank.TransferAsync(
                places[worker % places.Length], new Random(seed + worker), ending.Token)))];
        Task[] looks = [.. places.Select(place => Task.Run(
            () => bank.LookAsync(place, ending.Token)))];
        while (!bank.HasEnough && !ending.IsCancellationRequested)
            await Task.Delay(20, CancellationToken.None);
        await ending.CancelAsync();
        await Task.WhenAll([failing, .. transfers, .. looks]).WaitAsync(TimeSpan.FromMinutes(1));

        output.WriteLine($"{bank}");
        Assert.Empty(bank.Wrong);
        Assert.True(bank.HasEnough, $"{bank}");
        await cluster.Memento.SnapshotAsync(bank.CheckAsync).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(bank.Wrong);
    }

    /// <summary>Lets batches fail for a moment, again and again.</summary>
    private static async Task FailAsync(TestStorage storage, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            using (TestFault fault = storage.Fail())
                await Task.WhenAny(fault.WhenHitAsync(CancellationToken.None), Pause(1_000));
            await Pause(20);
        }

        Task Pause(int milliseconds)
            => Task.WhenAny(Task.Delay(milliseconds, ending));
    }

    private sealed class Bank
    {
        private readonly SnapshotRuns _snapshots = new();
        private readonly ConcurrentDictionary<string, bool> _shown = new();
        private readonly ConcurrentDictionary<string, bool> _failures = new();
        private readonly ConcurrentQueue<string> _wrong = new();
        private int _last;
        private int _committed;
        private int _inDoubt;

        public bool HasEnough
            => _snapshots.Whole >= LeastWhole && Volatile.Read(ref _committed) >= LeastCommitted
                && _failures.Count >= LeastFailed && _shown.Count >= LeastShown;

        /// <summary>What snapshots have shown and must not.</summary>
        public IEnumerable<string> Wrong
            => [.. _wrong, .. _failures.Keys.Where(_shown.ContainsKey)
                .Select(static token => $"Transfer {token} failed, and a snapshot has shown it.")];

        public async Task TransferAsync(IMemento memento, Random random, CancellationToken ending)
        {
            while (!ending.IsCancellationRequested)
            {
                int from = random.Next(Accounts);
                int to = random.Next(Accounts);
                int amount = random.Next(-20, 20);
                string token = $"t{Interlocked.Increment(ref _last)}";
                try
                {
                    await memento.TransactionAsync(
                        async tx =>
                        {
                            RamAccount ram = (await tx.ReadAsync<RamAccount>(
                                from, LockMode.Write, CancellationToken.None))!;
                            DiskAccount disk = (await tx.ReadAsync<DiskAccount>(
                                to, LockMode.Write, CancellationToken.None))!;
                            await tx.WriteAsync(ram with { Balance = ram.Balance - amount });
                            await tx.WriteAsync(disk with { Balance = disk.Balance + amount });
                            await tx.WriteAsync(new Receipt
                            {
                                From = from,
                                To = to,
                                Amount = amount,
                                Token = token,
                            });
                        },
                        options: null,
                        CancellationToken.None);
                    Interlocked.Increment(ref _committed);
                }
                catch (TransactionInDoubtException)
                {
                    Interlocked.Increment(ref _inDoubt);
                }
                catch (StorageException)
                {
                    _failures[token] = true;
                }
            }
        }

        public async Task LookAsync(IMemento memento, CancellationToken ending)
        {
            while (!ending.IsCancellationRequested)
                await _snapshots.TryAsync(memento, CheckAsync);
        }

        /// <summary>Each balance is what its receipts say, before and after them.</summary>
        public async Task CheckAsync(ISnapshot snapshot)
        {
            IReadOnlyList<RamAccount> ram = await snapshot.AllAsync<RamAccount>();
            IReadOnlyList<Receipt> receipts = await snapshot.AllAsync<Receipt>();
            await Task.Yield();
            IReadOnlyList<DiskAccount> disk = await snapshot.AllAsync<DiskAccount>();
            foreach (Receipt each in receipts)
                _shown[each.Token!] = true;
            ILookup<int, long> paid =
                receipts.ToLookup(static each => each.From, static each => each.Amount);
            ILookup<int, long> received =
                receipts.ToLookup(static each => each.To, static each => each.Amount);
            for (int id = 0; id < Accounts; id++)
            {
                long inRam = ram.Single(each => each.Id == id).Balance;
                long onDisk = disk.Single(each => each.Id == id).Balance;
                if (inRam != Each - paid[id].Sum() || onDisk != Each + received[id].Sum())
                {
                    _wrong.Enqueue(
                        $"Account {id} has {inRam} in ram and {onDisk} on disk at "
                        + $"{snapshot.Stamp}, and its receipts say {Each - paid[id].Sum()} and "
                        + $"{Each + received[id].Sum()}.");
                }
            }
        }

        public override string ToString()
            => $"{_committed} transfers, {_failures.Count} failed, {_inDoubt} in doubt, "
                + $"{_snapshots}, {_shown.Count} receipts shown";
    }
}
