namespace Memento.Tests.Consistency;

/// <summary>Finds the smallest cycle of dependencies.</summary>
internal static class CycleFinder
{
    /// <summary>
    /// The dependencies of a smallest cycle, each beginning where the last ends; or null.
    /// </summary>
    public static List<Dependency>? Find(IEnumerable<Dependency> dependencies)
    {
        Dictionary<ListTransaction, List<Dependency>> next = dependencies
            .GroupBy(each => each.From)
            .ToDictionary(each => each.Key, each => each.ToList());
        RemoveEnds(next);
        List<Dependency>? smallest = null;
        foreach (ListTransaction start in next.Keys)
        {
            List<Dependency>? found = FindThrough(start, next);
            if (found is not null && (smallest is null || found.Count < smallest.Count))
                smallest = found;
        }

        return smallest;
    }

    /// <summary>
    /// Removes, again and again, transactions without a way out or a way in. Without a cycle none
    /// is left, so the search costs nothing if the history is right.
    /// </summary>
    private static void RemoveEnds(Dictionary<ListTransaction, List<Dependency>> next)
    {
        bool isChanged = true;
        while (isChanged)
        {
            HashSet<ListTransaction> entered =
                [.. next.Values.SelectMany(each => each).Select(each => each.To)];
            isChanged = false;
            foreach (ListTransaction each in next.Keys.ToArray())
            {
                int before = next[each].Count;
                next[each].RemoveAll(way => !next.ContainsKey(way.To));
                isChanged |= next[each].Count != before;
                if (next[each].Count > 0 && entered.Contains(each)) continue;
                next.Remove(each);
                isChanged = true;
            }
        }
    }

    private static List<Dependency>? FindThrough(
        ListTransaction start, Dictionary<ListTransaction, List<Dependency>> next)
    {
        var cameBy = new Dictionary<ListTransaction, Dependency>();
        var queue = new Queue<ListTransaction>([start]);
        while (queue.TryDequeue(out ListTransaction? at))
        {
            foreach (Dependency way in next.GetValueOrDefault(at) ?? [])
            {
                if (!cameBy.TryAdd(way.To, way)) continue;
                if (!ReferenceEquals(way.To, start))
                {
                    queue.Enqueue(way.To);
                    continue;
                }

                var cycle = new List<Dependency>();
                ListTransaction end = start;
                do
                {
                    cycle.Add(cameBy[end]);
                    end = cameBy[end].From;
                }
                while (!ReferenceEquals(end, start));
                cycle.Reverse();
                return cycle;
            }
        }

        return null;
    }
}
