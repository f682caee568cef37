namespace Memento.Partitions.Operations;

/// <summary>
/// Chooses one of several ways to the records of a query, in one partition, which can count the
/// records on each way.
/// </summary>
/// <remarks>
/// Counting uses the leaves of the maps, and costs little compared with reading. All results are on
/// every way, so if all are wanted, the shortest way is taken. If only the first results are
/// wanted, a way in their order may end early, but it is not known how soon. Its records are read
/// until they are as many as the whole shortest way has. So a partition reads at most twice what
/// its best way would have read, for each way in the order, and <see cref="Few"/> more.
/// </remarks>
internal ref struct WayChooser(IRecordView view, WalkOperation operation)
{
    /// <summary>
    /// If the preferred way costs no more than this, it is taken without a search for a better one.
    /// </summary>
    public const int Few = 32;

    /// <summary>The chosen way, walked as far as was needed to choose it.</summary>
    public readonly WayWalk Choose() => TryChoose(long.MaxValue)!;

    /// <summary>The chosen way, walked as far as was needed to choose it.</summary>
    /// <param name="mostRead">
    /// If more records than this have to be read, or the leaves of so many be looked at, there is
    /// no choice: null.
    /// </param>
    public readonly WayWalk? TryChoose(long mostRead)
    {
        WayWalk preferred = Begin(operation.Ways[0]);
        if (operation.Ways.Length == 1 || preferred.CostUpTo(Few) <= Few) return preferred;

        var walks = new WayWalk[operation.Ways.Length];
        walks[0] = preferred;
        for (int i = 1; i < walks.Length; i++)
            walks[i] = Begin(operation.Ways[i]);

        WayWalk[] early = operation.Terms.IsLimited
            ? Array.FindAll(walks, static walk => walk.Way.IsOrdered)
            : [];
        return early.Length > 0
            ? WalkFirst(walks, early, mostRead)
            : FindShortest(walks, mostRead);
    }

    /// <summary>
    /// Walks the ways that may end early in turn, until one ends or they have read as much as the
    /// shortest way would.
    /// </summary>
    private static WayWalk? WalkFirst(WayWalk[] walks, WayWalk[] early, long mostRead)
    {
        long read = 0;
        for (long most = 2 * Few; ; most *= 2)
        {
            WayWalk? shortest = TryFindShortest(walks, most, out long cost);
            while (read < cost)
            {
                if (read >= mostRead) return null;

                foreach (WayWalk walk in early)
                {
                    if (!walk.MoveOn()) return Take(walk, walks);
                    read++;
                }
            }

            if (shortest is not null) return Take(shortest, walks);
        }
    }

    private static WayWalk Take(WayWalk taken, WayWalk[] walks)
    {
        foreach (WayWalk walk in walks)
        {
            if (walk != taken) taken.ReadBeside += walk.Read;
        }

        return taken;
    }

    private readonly WayWalk Begin(WalkWay way) => new(view, operation, way);

    private static WayWalk? FindShortest(WayWalk[] walks, long mostRead)
    {
        for (long most = 2 * Few; most / Few <= mostRead; most *= 2)
        {
            if (TryFindShortest(walks, most, out _) is { } shortest) return shortest;
        }

        return null;
    }

    /// <param name="walks">The ways.</param>
    /// <param name="most">
    /// If all ways cost more than this, it is not known which one is shortest.
    /// </param>
    /// <param name="cost">The cost of the shortest way, or the most.</param>
    private static WayWalk? TryFindShortest(WayWalk[] walks, long most, out long cost)
    {
        WayWalk? shortest = null;
        cost = most;
        foreach (WayWalk walk in walks)
        {
            long length = walk.CostUpTo(cost);
            if (length > cost || (length == cost && shortest is not null)) continue;

            shortest = walk;
            cost = length;
        }

        return shortest;
    }
}

/// <summary>
/// Chooses a way outside the gate, on snapshots, where this takes long. It locks nothing, so that a
/// way that is left is not locked, and the chosen way is then walked from its beginning.
/// </summary>
internal sealed class WayChoice : IWorkOutside
{
    private readonly WalkOperation _operation;
    private readonly DetachedView _view;
    private WalkWay? _chosen;
    private long _read;

    /// <summary>Begins, under the gate.</summary>
    public WayChoice(PartitionTransaction transaction, WalkOperation operation)
    {
        _operation = operation;
        _view = new DetachedView(
            transaction, Array.ConvertAll(operation.Ways, way => way.SpaceIn(transaction)));
    }

    /// <summary>
    /// How many records may be read under the gate to choose a way for a transaction. One that has
    /// written much reads as many as it takes: its writes would have to be copied.
    /// </summary>
    public static long MostRead(PartitionTransaction transaction)
        => transaction.Staged.Count <= GateTurn.MostSteps ? GateTurn.MostSteps : long.MaxValue;

    public void Run()
    {
        WayWalk walk = new WayChooser(_view, _operation).Choose();
        _chosen = walk.Way;
        _read = walk.Read + walk.ReadBeside;
    }

    /// <summary>Begins the walk of the chosen way.</summary>
    public WayWalk Begin(PartitionTransaction transaction)
        => new(transaction, _operation, _chosen!) { ReadBeside = _read };
}
