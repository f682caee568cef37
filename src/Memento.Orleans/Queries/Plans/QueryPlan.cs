using System.Collections.Immutable;
using Memento.Keys;
using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Queries.Plans;

/// <summary>
/// The ways to the records of a query. On every way, the whole guard is evaluated for each record:
/// a plan may lead to too many records, and never to too few.
/// </summary>
/// <param name="Guard">The guard.</param>
/// <param name="Ways">
/// The ways. Each partition counts the records on each way and takes one; it takes the first way if
/// that has few records.
/// </param>
/// <param name="Order">The order of the query; null: any order.</param>
internal sealed record QueryPlan(Guard Guard, IReadOnlyList<AccessPath> Ways, RecordOrder? Order)
{
    /// <summary>The first of the ways.</summary>
    public AccessPath Path => Ways[0];

    /// <summary>Whether the query wants only the first results.</summary>
    public bool IsLimited { get; init; }

    /// <summary>The guard, compiled once, for the check and for the records.</summary>
    public required Func<object, bool> Filter { get; init; }

    /// <summary>Whether every record is read, along the keys.</summary>
    public bool IsAll => Index is null && KeyRanges.IsEverything(Ranges);

    /// <summary>Whether no record can satisfy the guard, so that nothing is read.</summary>
    public bool IsNothing => Ranges.Count == 0;

    /// <summary>The index to walk; null: the records in key order.</summary>
    public IndexDefinition? Index => Path.Index;

    /// <summary>
    /// The ranges of encoded keys, or of entries of the index, to read: in order, without overlap.
    /// </summary>
    public IReadOnlyList<KeyRange> Ranges => Path.Ranges;

    /// <summary>The keys in order, if all are known as whole keys.</summary>
    public IReadOnlyList<Key>? Keys => Path.Keys;

    /// <summary>
    /// Whether <see cref="Ranges"/> have the records in the order, or in reverse if the order is
    /// descending. Otherwise the records have to be sorted.
    /// </summary>
    public bool IsOrdered => Path.IsOrdered;

    /// <summary>The same plan with one way alone.</summary>
    public QueryPlan Along(AccessPath way) => this with { Ways = [way] };

    /// <summary>
    /// Whether the records are counted by the values of the first property of the only way's index,
    /// and every record on the way satisfies the guard.
    /// </summary>
    public bool CountsByFirst { get; private init; }

    /// <summary>
    /// The plan to count all records by the values of a property. An index that begins with the
    /// property has the same values together; it is walked where no other condition has to be
    /// checked on its records.
    /// </summary>
    public QueryPlan CountingBy(string property, TableDefinition table)
    {
        if (IsAll && Guard.IsTrue)
        {
            IndexDefinition? shortest = table.Indexes
                .Where(index => index.Parts[0].Name == property)
                .MinBy(static index => index.Parts.Count);
            return shortest is null
                ? this
                : Along(AccessPath.AllOf(shortest)) with { CountsByFirst = true };
        }

        AccessPath? exact = Ways.FirstOrDefault(
            way => way.Index?.Parts[0].Name == property && Along(way).IsExact);
        return exact is null ? this : Along(exact) with { CountsByFirst = true };
    }

    /// <summary>The way in words, and the conditions that narrow it.</summary>
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

    /// <summary>Whether every record on the way satisfies the guard.</summary>
    private bool IsExact => !IsNothing && !Remaining().Any();

    /// <summary>
    /// The conditions that not all records on the way satisfy, in words; null if there are none.
    /// </summary>
    public string? DescribeFilter()
    {
        if (IsNothing) return null;

        GuardNode[] remaining = [.. Remaining()];
        return remaining.Length == 0 ? null : Join(remaining);
    }

    /// <summary>
    /// The order in words, and what gives it; null if it is the order of the keys, or any order.
    /// </summary>
    public string? DescribeOrder()
    {
        if (Order is null || Order.Parts.Count == 0 || IsNothing) return null;

        return IsOrdered && Index is not null
            ? $"{Order}, from index {Index.Name}"
            : $"{Order}, sorted";
    }

    private IEnumerable<GuardNode> Remaining()
        => Conditions().Where(node => !Path.Used.Any(used => used.Read(node).IsExact));

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
