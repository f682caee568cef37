namespace Memento.Tests.Consistency;

/// <summary>
/// Checks whether the stamps of commits are in the order in which the transactions of a history
/// depend on each other, and follow each other in a process. For a history that is strictly
/// serializable.
/// </summary>
internal static class StampChecker
{
    /// <summary>A fault in words; null if there is none.</summary>
    public static string? Check(IReadOnlyList<ListTransaction> history)
    {
        var graph = new DependencyGraph(history, new ListVersions(history, []));
        Dependency[] edges =
        [
            .. graph.Edges.Where(static each => each.Kind < DependencyKind.RealTime),
            .. graph.Transactions.GroupBy(static each => each.Process)
                .SelectMany(DependencyGraph.RealTimeOf),
        ];
        ILookup<ListTransaction, Dependency> ahead = edges.ToLookup(static each => each.From);
        Dictionary<ListTransaction, int> waits = edges.CountBy(static each => each.To)
            .ToDictionary(static each => each.Key, static each => each.Value);
        var highest = new Dictionary<ListTransaction, (long Stamp, string Why)>();
        var ready = new Queue<ListTransaction>(
            graph.Transactions.Where(each => !waits.ContainsKey(each)));
        int seen = 0;
        while (ready.TryDequeue(out ListTransaction? at))
        {
            seen++;
            (long Stamp, string Why) before = highest.GetValueOrDefault(at, (0, ""));
            if (at.Stamp > 0)
            {
                if (at.Stamp <= before.Stamp)
                    return $"{at} has stamp {at.Stamp}, and must come after {before.Why}";

                before = (at.Stamp, $"{at}, which has {at.Stamp}");
            }

            foreach (Dependency way in ahead[at])
            {
                if (before.Stamp > highest.GetValueOrDefault(way.To, (0, "")).Stamp)
                    highest[way.To] = (before.Stamp, $"{before.Why}; {way.Why}");
                if (--waits[way.To] == 0) ready.Enqueue(way.To);
            }
        }

        return seen == graph.Transactions.Count ? null : "The history has a cycle.";
    }
}
