namespace Memento.Tests.Consistency;

/// <summary>Which transaction must come before which in a history of list appends.</summary>
internal sealed class DependencyGraph
{
    private readonly List<Dependency> _edges = [];

    // By key, the appends that happened and that no transaction has read.
    private readonly ILookup<int, (int Value, ListTransaction Writer)> _unread;

    public DependencyGraph(IReadOnlyList<ListTransaction> history, ListVersions versions)
    {
        var happened = history.Where(each => each.Outcome == ListOutcome.Committed).ToHashSet();
        foreach ((int key, IReadOnlyList<int> values) in versions.Longest)
        {
            // A transaction without an acknowledgement has happened if its append is seen.
            foreach (int value in values)
                happened.Add(versions.WriterOf(key, value));
        }

        Transactions = [.. history.Where(happened.Contains)];
        Dictionary<int, HashSet<int>> read =
            versions.Longest.ToDictionary(each => each.Key, each => each.Value.ToHashSet());
        _unread = versions.Appends
            .Where(each => happened.Contains(each.Writer)
                && read.GetValueOrDefault(each.Append.Key)?.Contains(each.Append.Value) != true)
            .ToLookup(each => each.Append.Key, each => (each.Append.Value, each.Writer));
        AddWrites(versions);
        AddReads(versions);
        _edges.AddRange(RealTimeOf(Transactions));
    }

    public IReadOnlyList<ListTransaction> Transactions { get; }

    public IReadOnlyList<Dependency> Edges => _edges;

    private void AddWrites(ListVersions versions)
    {
        foreach ((int key, IReadOnlyList<int> values) in versions.Longest)
        {
            for (int i = 1; i < values.Count; i++)
            {
                Add(
                    versions.WriterOf(key, values[i - 1]),
                    versions.WriterOf(key, values[i]),
                    DependencyKind.WriteWrite,
                    $"{values[i - 1]} stands before {values[i]} in {key}");
            }

            if (values.Count == 0) continue;

            // An append that no transaction has read came after all others.
            foreach ((int value, ListTransaction writer) in _unread[key])
            {
                Add(
                    versions.WriterOf(key, values[^1]),
                    writer,
                    DependencyKind.WriteWrite,
                    $"{values[^1]} stands before {value} in {key}");
            }
        }
    }

    private void AddReads(ListVersions versions)
    {
        foreach (ListTransaction reader in Transactions)
        {
            if (reader.Outcome != ListOutcome.Committed) continue;
            foreach (ListOperation read in reader.Operations.Where(each => each.Seen is not null))
            {
                IReadOnlyList<int> seen = read.Seen!;
                if (seen.Count > 0)
                {
                    Add(
                        versions.WriterOf(read.Key, seen[^1]),
                        reader,
                        DependencyKind.WriteRead,
                        $"{reader} {read}, which ends with its {seen[^1]}");
                }

                IReadOnlyList<int> all = versions.Longest.GetValueOrDefault(read.Key) ?? [];
                if (seen.Count < all.Count)
                {
                    AddMissed(versions.WriterOf(read.Key, all[seen.Count]), all[seen.Count]);
                    continue;
                }

                foreach ((int value, ListTransaction writer) in _unread[read.Key])
                    AddMissed(writer, value);

                void AddMissed(ListTransaction writer, int value)
                    => Add(
                        reader,
                        writer,
                        DependencyKind.ReadWrite,
                        $"{reader} {read}, without its {value}");
            }
        }
    }

    /// <summary>
    /// Which transactions had ended when others began. Only from the latest ones that had: earlier
    /// ones follow from their edges.
    /// </summary>
    public static List<Dependency> RealTimeOf(IEnumerable<ListTransaction> transactions)
    {
        List<Dependency> edges = [];

        // A caller that was not told has no end.
        var moments = transactions.Select(each => (Time: each.Start, IsEnd: false, each))
            .Concat(transactions.Where(each => each.Outcome == ListOutcome.Committed)
                .Select(each => (Time: each.End, IsEnd: true, each)))
            .OrderBy(each => each.Time).ThenBy(each => each.IsEnd);
        var ended = new HashSet<ListTransaction>();
        var endedBefore = new Dictionary<ListTransaction, ListTransaction[]>();
        foreach ((long _, bool isEnd, ListTransaction transaction) in moments)
        {
            if (isEnd)
            {
                ended.ExceptWith(endedBefore[transaction]);
                ended.Add(transaction);
                continue;
            }

            endedBefore[transaction] = [.. ended];
            foreach (ListTransaction before in ended)
            {
                edges.Add(new Dependency(
                    before,
                    transaction,
                    DependencyKind.RealTime,
                    $"{before} had ended when {transaction} began"));
            }
        }

        return edges;
    }

    private void Add(ListTransaction from, ListTransaction to, DependencyKind kind, string why)
    {
        if (!ReferenceEquals(from, to)) _edges.Add(new Dependency(from, to, kind, why));
    }
}
