namespace Memento.Tests.Consistency;

/// <summary>Finds the smallest cycle of dependencies.</summary>
internal static class CycleFinder
{
    /// <summary>
    /// The dependencies of a smallest cycle, each beginning where the last ends; or null.
    /// </summary>
    public static List<Dependency>? Find(IEnumerable<Dependency> dependencies)
    {
        Dictionary<ListTransaction, List<Dependency>> next = FindCore([.. dependencies]);
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
    /// What is left, by where it begins, when transactions without a way out or a way in were
    /// removed, again and again. Without a cycle nothing is left, so a right history costs a look
    /// at each dependency, however long it is.
    /// </summary>
    private static Dictionary<ListTransaction, List<Dependency>> FindCore(Dependency[] dependencies)
    {
        ILookup<ListTransaction, Dependency> ahead = dependencies.ToLookup(each => each.From);
        ILookup<ListTransaction, Dependency> behind = dependencies.ToLookup(each => each.To);
        HashSet<ListTransaction> left =
            [.. dependencies.Select(each => each.From), .. dependencies.Select(each => each.To)];
        Dictionary<ListTransaction, int> waysOut =
            left.ToDictionary(each => each, each => ahead[each].Count());
        Dictionary<ListTransaction, int> waysIn =
            left.ToDictionary(each => each, each => behind[each].Count());
        var ends = new Queue<ListTransaction>(
            left.Where(each => waysOut[each] == 0 || waysIn[each] == 0));
        while (ends.TryDequeue(out ListTransaction? end))
        {
            if (!left.Remove(end)) continue;

            foreach (Dependency way in ahead[end])
            {
                if (--waysIn[way.To] == 0) ends.Enqueue(way.To);
            }

            foreach (Dependency way in behind[end])
            {
                if (--waysOut[way.From] == 0) ends.Enqueue(way.From);
            }
        }

        return left.ToDictionary(
            each => each, each => ahead[each].Where(way => left.Contains(way.To)).ToList());
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
