using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>
/// Transactions that each write one number to an account in ram and to the same account on disk. A
/// worker has accounts of its own, so that it knows what each must have in the end.
/// </summary>
internal sealed class AccountLoad(TestClient client, int accounts)
{
    private readonly long[] _expected = new long[accounts];
    private readonly List<Task> _workers = [];
    private long _done;
    private bool _isOver;


    public Task FillAsync()
        => client.Memento.TransactionAsync(async tx =>
        {
            for (int id = 0; id < accounts; id++)
                await WriteAsync(tx, id, 0);
        }).Within();

    public void Start(int workers)
    {
        for (int i = 0; i < workers; i++)
        {
            int worker = i;
            _workers.Add(Task.Run(() => WorkAsync(worker, workers)));
        }
    }

    /// <summary>Waits until some more transactions have been committed.</summary>
    public Task UntilMoreAsync()
    {
        long before = Volatile.Read(ref _done);
        return Waiting.UntilAsync(
            () => Volatile.Read(ref _done) >= before + 50, "transactions go on");
    }

    public async Task StopAsync()
    {
        Volatile.Write(ref _isOver, true);
        Task ended = Task.WhenAll(_workers);
        await Task.WhenAny(ended, Task.Delay(Waiting.Bound));
        Assert.True(
            ended.IsCompleted,
            $"Transactions still run: {Describe(client.Services)}");
        await ended;
    }

    /// <summary>Compares each account, in ram and on disk, with what was acknowledged.</summary>
    public async Task CheckAsync()
    {
        Dictionary<int, long> ram = await client.Memento.TransactionAsync(async tx =>
            (await tx.AllAsync<RamAccount>())
                .ToDictionary(static each => each.Id, static each => each.Balance)).Within();
        Dictionary<int, long> disk = await client.Memento.TransactionAsync(async tx =>
            (await tx.AllAsync<DiskAccount>())
                .ToDictionary(static each => each.Id, static each => each.Balance)).Within();
        var expected = Enumerable.Range(0, accounts)
            .ToDictionary(static id => id, id => _expected[id]);
        Assert.Equal(expected, disk);
        Assert.Equal(expected, ram);
    }


    public override string ToString() => $"{_done} transactions";

    private static string Describe(IServiceProvider services)
        => services.GetRequiredService<IMementoDiagnostics>().Describe().ToJson();

    private static async Task WriteAsync(ITransaction tx, int id, long balance)
    {
        await tx.WriteAsync(new RamAccount { Id = id, Balance = balance });
        await tx.WriteAsync(new DiskAccount { Id = id, Balance = balance });
    }

    private async Task WorkAsync(int worker, int workers)
    {
        var random = new Random(worker);
        while (!Volatile.Read(ref _isOver))
        {
            int id = worker + (workers * random.Next(accounts / workers));
            long next = _expected[id] + 1;
            await client.Memento.TransactionAsync(async tx =>
            {
                RamAccount ram = (await tx.ReadAsync<RamAccount>(id))!;
                DiskAccount disk = (await tx.ReadAsync<DiskAccount>(id))!;
                Assert.Equal(ram.Balance, disk.Balance);
                await WriteAsync(tx, id, ram.Balance + 1);
            });
            _expected[id] = next;
            Interlocked.Increment(ref _done);
        }
    }
}
