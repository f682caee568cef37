namespace Memento;

/// <summary>A page of the results of a query, and the continuation for the next page.</summary>
/// <typeparam name="T">The record type.</typeparam>
/// <param name="Items">The records, in the query's order.</param>
/// <param name="Next">
/// The continuation that asks for the next page, in this transaction or a later one, also after a
/// restart. Null after the last page.
/// </param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
    where T : class;

/// <summary>How a query was answered.</summary>
public sealed record QueryExplanation
{
    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>
    /// The index that was walked; the index of most partitions if they took several ways; null
    /// where the keys were walked.
    /// </summary>
    public required string? Index { get; init; }

    /// <summary>The index that UseIndex has asked for; null: none.</summary>
    public string? Hint { get; init; }

    /// <summary>
    /// The way to the records in words: <c>index Director, 1 value: Director == "Ang Lee"</c>.
    /// </summary>
    public required string Way { get; init; }

    /// <summary>
    /// The filter that was applied to the records of the way, in words; null where none was needed.
    /// </summary>
    public required string? Filter { get; init; }

    /// <summary>
    /// The order in words, and what gave it; null where the order is by key, or no order is needed.
    /// </summary>
    public required string? Order { get; init; }

    /// <summary>
    /// The locks that the query took until the end of the transaction, in words: <c>16 ranges of
    /// index Year</c>, <c>1 key</c>, <c>the table, against writers</c>. A range has the records
    /// that were read, and the gaps between them.
    /// </summary>
    public required string Locks { get; init; }

    /// <summary>How many partitions were asked.</summary>
    public required int Partitions { get; init; }

    /// <summary>How many records were read.</summary>
    public required long Read { get; init; }

    /// <summary>How many results there were.</summary>
    public required long Found { get; init; }

    /// <summary>All properties, one line each.</summary>
    public override string ToString()
    {
        (string Name, string? Text)[] lines =
        [
            ("table", Table),
            ("hint", Hint is null ? null : $"index {Hint}"),
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
