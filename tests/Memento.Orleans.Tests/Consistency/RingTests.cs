using System.Collections.Concurrent;
using Memento.Tests.Compliance;
using Memento.Tests.Faults;

namespace Memento.Tests.Consistency;

/// <summary>
/// FoundationDB's Cycle: transactions swap neighbours in a ring, and every reader sees one ring.
/// </summary>
public abstract class RingTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    private const int Nodes = 20;
    private const int Workers = 12;
    private const int Swaps = 150;
    private const int SwapsBetweenLooks = 10;

    [Theory]
    [InlineData(TableStorage.Ram)]
    [InlineData(TableStorage.Disk)]
    public async Task The_ring_stays_one_ring(TableStorage storage)
    {
        int seed = Settings.RunSeed;
        await using var store = await FaultyStore.StartAsync<TStorage>(memento => memento
            .AddTable<RingNode>(table => table.Storage = storage).AddTable<DiskAccount>());
        await store.Memento.TransactionAsync(async tx =>
        {
            for (int id = 0; id < Nodes; id++)
                await tx.WriteAsync(new RingNode { Id = id, Next = (id + 1) % Nodes });
        });

        var broken = new ConcurrentQueue<string>();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, worker));
            for (int i = 1; i <= Swaps; i++)
            {
                await store.Memento.TransactionAsync(tx => SwapAsync(tx, random.Next(Nodes)));
                if (i % SwapsBetweenLooks == 0)
                    await store.Memento.TransactionAsync(tx => LookAsync(tx, broken));
            }
        }))).WaitAsync(FaultyStore.LongestRun);
        await store.Memento.TransactionAsync(tx => LookAsync(tx, broken));
        Assert.True(broken.IsEmpty, $"seed {seed}: {string.Join(Environment.NewLine, broken)}");
        store.CheckIdle();
    }

    private static async Task SwapAsync(ITransaction tx, int first)
    {
        RingNode one = (await tx.ReadAsync<RingNode>(first))!;
        RingNode two = (await tx.ReadAsync<RingNode>(one.Next))!;
        RingNode three = (await tx.ReadAsync<RingNode>(two.Next))!;
        await tx.WriteAsync(one with { Next = three.Id });
        await tx.WriteAsync(two with { Next = three.Next });
        await tx.WriteAsync(three with { Next = two.Id });
    }

    /// <summary>The reads of a body count, also if the body runs again afterwards.</summary>
    private static async Task LookAsync(ITransaction tx, ConcurrentQueue<string> broken)
    {
        Dictionary<int, int> next =
            (await tx.AllAsync<RingNode>()).ToDictionary(each => each.Id, each => each.Next);
        HashSet<int> seen = [];
        int at = 0;
        while (seen.Add(at))
            at = next[at];
        if (at != 0 || seen.Count != Nodes)
            broken.Enqueue(string.Join(' ', next.Select(each => $"{each.Key}>{each.Value}")));
    }
}
