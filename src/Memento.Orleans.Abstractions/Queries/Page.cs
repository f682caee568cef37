namespace Memento;

/// <summary>A part of a query's results, and where the next part begins.</summary>
/// <typeparam name="T">The record type.</typeparam>
/// <param name="Items">The records, in the query's order.</param>
/// <param name="Next">
/// The continuation: what asks for the next page, in this transaction or in a later one, also after
/// a restart. Null at the end.
/// </param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
    where T : class;

/// <summary>How a query was answered.</summary>
public sealed record QueryExplanation
{
    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>
    /// The index that was walked, by most partitions where they took several ways; null where it
    /// was the keys.
    /// </summary>
    public required string? Index { get; init; }

    /// <summary>
    /// The way to the records in words: <c>index Director, 1 value: Director == "Ang Lee"</c>.
    /// </summary>
    public required string Way { get; init; }

    /// <summary>What was filtered after, in words; null where nothing had to be.</summary>
    public required string? Filter { get; init; }

    /// <summary>
    /// The order in words, and where it comes from; null where it is by key, or any will do.
    /// </summary>
    public required string? Order { get; init; }

    /// <summary>
    /// What the query has locked until the transaction ends, in words:
    /// <c>16 ranges of index Year</c>, <c>1 key</c>, <c>the table, against writers</c>. A range is
    /// what was looked at, with the gaps in it.
    /// </summary>
    public required string Locks { get; init; }

    /// <summary>How many partitions were asked.</summary>
    public required int Partitions { get; init; }

    /// <summary>How many records were looked at.</summary>
    public required long Read { get; init; }

    /// <summary>How many results there were.</summary>
    public required long Found { get; init; }

    /// <summary>All of it, in one line for each.</summary>
    public override string ToString()
    {
        (string Name, string? Text)[] lines =
        [
            ("table", Table),
            ("way", Way),
            ("filter", Filter),
            ("order", Order),
            ("locks", Locks),
            ("asked", Partitions == 1 ? "1 partition" : $"{Partitions} partitions"),
            ("read", Read == 1 ? "1 record" : $"{Read} records"),
            ("found", Found == 1 ? "1 result" : $"{Found} results"),
        ];
        return string.Join(
            Environment.NewLine,
            lines
                .Where(static line => line.Text is not null)
                .Select(static line => $"{line.Name,-7} {line.Text}"));
    }
}
