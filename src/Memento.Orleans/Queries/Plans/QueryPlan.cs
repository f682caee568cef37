using System.Collections.Immutable;
using Memento.Keys;
using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Queries.Plans;

/// <summary>
/// Where the records of a query are looked for. Whatever the way, the whole guard is asked about
/// each record found: a plan may give too many records and never too few.
/// </summary>
/// <param name="Guard">The guard.</param>
/// <param name="Ways">
/// The ways, of which each partition takes one, as it sees how many records there are on each;
/// where these are few, the first.
/// </param>
/// <param name="Order">The order that was asked for; null: any will do.</param>
internal sealed record QueryPlan(Guard Guard, IReadOnlyList<AccessPath> Ways, RecordOrder? Order)
{
    /// <summary>The first of the ways.</summary>
    public AccessPath Path => Ways[0];

    /// <summary>Whether only the first results are wanted.</summary>
    public bool IsLimited { get; init; }

    /// <summary>The guard, compiled once for the check of it and for the records.</summary>
    public required Func<object, bool> Filter { get; init; }

    /// <summary>Whether every record is asked, by its key.</summary>
    public bool IsAll => Index is null && KeyRanges.IsEverything(Ranges);

    /// <summary>Whether no record can satisfy the guard; nothing is read.</summary>
    public bool IsNothing => Ranges.Count == 0;

    /// <summary>The index that is walked; null: the records, in key order.</summary>
    public IndexDefinition? Index => Path.Index;

    /// <summary>
    /// The encoded keys, or entries of the index, that are looked at: in order, without overlap.
    /// </summary>
    public IReadOnlyList<KeyRange> Ranges => Path.Ranges;

    /// <summary>The keys, where all are known whole; in order.</summary>
    public IReadOnlyList<Key>? Keys => Path.Keys;

    /// <summary>
    /// Whether <see cref="Ranges"/> have the records in the order, from the first to the last, or
    /// backwards where the order is descending; otherwise what is found has to be sorted.
    /// </summary>
    public bool IsOrdered => Path.IsOrdered;

    /// <summary>The same with one way alone.</summary>
    public QueryPlan Along(AccessPath way) => this with { Ways = [way] };

    /// <summary>In words: the way, and by which conditions it leads to fewer records.</summary>
    public string DescribeWay()
    {
        if (IsNothing) return $"nothing: no record can satisfy {Guard}";

        if (Path.Used.Count == 0)
            return Index is null ? "every record" : $"index {Index.Name}, in order";

        string way = Index is null
            ? $"key {string.Join(", ", Path.Used.Select(used => used.Name))}"
            : $"index {Index.Name}";
        string unit = Keys is not null ? "key" : Path.ArePoints ? "value" : "range";
        string count = Ranges.Count == 1 ? $"1 {unit}" : $"{Ranges.Count} {unit}s";
        IEnumerable<GuardNode> narrowing = Conditions()
            .Where(node => Path.Used.Any(used => !used.Read(node).IsEverything));
        return $"{way}, {count}: {Join(narrowing)}";
    }

    /// <summary>
    /// In words: the conditions that not all records on the way satisfy; null where there are none.
    /// </summary>
    public string? DescribeFilter()
    {
        if (IsNothing) return null;

        GuardNode[] remaining =
            [.. Conditions().Where(node => !Path.Used.Any(used => used.Read(node).IsExact))];
        return remaining.Length == 0 ? null : Join(remaining);
    }

    /// <summary>
    /// In words: the order and where it comes from; null where it is that of the keys, or any will
    /// do.
    /// </summary>
    public string? DescribeOrder()
    {
        if (Order is null || Order.Parts.Count == 0 || IsNothing) return null;

        return IsOrdered && Index is not null
            ? $"{Order}, from index {Index.Name}"
            : $"{Order}, sorted";
    }

    private static string Join(IEnumerable<GuardNode> nodes)
        => string.Join(
            " && ", nodes.Select(node => node is OrNode ? $"({node})" : node.ToString()));

    private ImmutableArray<GuardNode> Conditions() => Guard.Root switch
    {
        AndNode and => and.Children,
        TruthNode { Value: true } => [],
        _ => [Guard.Root],
    };
}
