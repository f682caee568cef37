using System.Collections.Concurrent;
using Memento.CrashChild;
using Memento.Tests.Consistency;

namespace Memento.Tests.Chaos;

/// <summary>Transactions swap neighbours in a ring, and every reader sees one ring.</summary>
internal sealed class Ring(int seed)
{
    private const int Nodes = 16;

    private readonly ConcurrentQueue<string> _broken = new();
    private int _swaps;

    public int Committed => _swaps;

    public SnapshotRuns Snapshots { get; } = new();

    public static Task FillAsync(IMemento memento) => memento.TransactionAsync(async tx =>
    {
        for (int id = 0; id < Nodes; id++)
            await tx.WriteAsync(new ClusterNode { Id = id, Next = (id + 1) % Nodes });
    });

    public async Task WorkAsync(IMemento memento, int worker, CancellationToken ending)
    {
        var random = new Random(HashCode.Combine(seed, worker, nameof(Ring).Length));
        while (!ending.IsCancellationRequested)
        {
            switch (random.Next(10))
            {
                case 0:
                    await TryAsync(() => LookAsync(memento));
                    break;
                case 1:
                    // What may end a snapshot is counted there; anything else ends the test.
                    await LookBySnapshotAsync(memento);
                    break;
                default:
                    await TryAsync(async () =>
                    {
                        await memento.TransactionAsync(
                            tx => SwapAsync(tx, random.Next(Nodes)),
                            cancellationToken: CancellationToken.None);
                        Interlocked.Increment(ref _swaps);
                    });
                    break;
            }
        }
    }

    /// <summary>What was wrong, after the end of all work.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(IMemento memento)
    {
        await LookAsync(memento);
        return [.. _broken];
    }

    private static async Task TryAsync(Func<Task> transaction)
    {
        try
        {
            await transaction();
        }
        catch (Exception exception) when (exception
            is TransactionConflictException
                or TransactionTimeoutException
                or TransactionInDoubtException
                or StoreUnavailableException
                or StorageException)
        {
            // A swap that is not kept, or in doubt, leaves a ring as well.
        }
    }

    private static async Task SwapAsync(ITransaction tx, int first)
    {
        ClusterNode one = (await tx.ReadAsync<ClusterNode>(first))!;
        ClusterNode two = (await tx.ReadAsync<ClusterNode>(one.Next))!;
        ClusterNode three = (await tx.ReadAsync<ClusterNode>(two.Next))!;
        await tx.WriteAsync(one with { Next = three.Id });
        await tx.WriteAsync(two with { Next = three.Next });
        await tx.WriteAsync(three with { Next = two.Id });
    }

    /// <summary>
    /// It looks after the commit: a body that cannot commit any more, because a silo has died, may
    /// see one part before and another part after a swap.
    /// </summary>
    private async Task LookAsync(IMemento memento)
        => Check(await memento.TransactionAsync(
            static async tx => await tx.AllAsync<ClusterNode>()));

    /// <summary>What a snapshot shows is true at once: it needs no commit.</summary>
    private Task LookBySnapshotAsync(IMemento memento)
        => Snapshots.TryAsync(
            memento, async snapshot => Check(await snapshot.AllAsync<ClusterNode>()));

    private void Check(IReadOnlyList<ClusterNode> nodes)
    {
        Dictionary<int, int> next = nodes.ToDictionary(
            static each => each.Id, static each => each.Next);
        HashSet<int> seen = [];
        int at = 0;
        while (seen.Add(at))
            at = next[at];
        if (at != 0 || seen.Count != Nodes)
            _broken.Enqueue(string.Join(' ', next.Select(each => $"{each.Key}>{each.Value}")));
    }
}
