using System.Text;
using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Queries;

/// <summary>
/// Where the records of a query are looked for. Whatever the way, the whole guard is asked about
/// each record found: a plan may give too many records and never too few.
/// </summary>
/// <param name="Guard">The guard.</param>
/// <param name="Path">The way; null: every record is asked.</param>
/// <param name="Narrowing">The conditions by which the way leads to fewer records.</param>
/// <param name="Remaining">The conditions that not all records there satisfy.</param>
internal sealed record QueryPlan(
    Guard Guard,
    AccessPath? Path,
    IReadOnlyList<GuardNode> Narrowing,
    IReadOnlyList<GuardNode> Remaining)
{
    /// <summary>Whether every record is asked.</summary>
    public bool IsAll => Path is null;

    /// <summary>Whether no record can satisfy the guard; nothing is read.</summary>
    public bool IsNothing => Path is { Ranges.Count: 0 };

    /// <summary>The index that is walked; null: the records, in key order.</summary>
    public IndexDefinition? Index => Path?.Index;

    /// <summary>
    /// The encoded keys, or values of the index, that are looked at: in order, without overlap.
    /// </summary>
    public IReadOnlyList<KeyRange> Ranges => Path?.Ranges ?? KeyRanges.Everything;

    /// <summary>The keys, where all are known whole; in order.</summary>
    public IReadOnlyList<Key>? Keys => Path?.Keys;

    /// <summary>In words: the way, by which conditions, and what is filtered after.</summary>
    public string Describe()
    {
        if (IsNothing)
            return $"nothing: no record can satisfy {Guard}";

        var text = new StringBuilder(DescribePath());
        if (Narrowing.Count > 0)
            text.Append(": ").AppendJoin(" && ", Narrowing.Select(Bracketed));

        if (Remaining.Count > 0)
            text.Append("; then filtered by ").AppendJoin(" && ", Remaining.Select(Bracketed));

        return text.ToString();
    }

    private string DescribePath()
    {
        if (Path is null)
            return "every record";

        string properties = string.Join(", ", Path.Used.Select(used => used.Name));
        bool arePoints = Path.Ranges.All(range => range.IsPoint);
        string unit = Keys is not null ? "key" : arePoints ? "value" : "range";
        string count = Path.Ranges.Count == 1 ? $"1 {unit}" : $"{Path.Ranges.Count} {unit}s";
        return Index is null ? $"key {properties}, {count}" : $"index {Index.Name}, {count}";
    }

    private static string Bracketed(GuardNode node)
        => node is OrNode ? $"({node})" : node.ToString();
}
