namespace Memento;

/// <summary>A part of a query's results, and where the next part begins.</summary>
/// <typeparam name="T">The record type.</typeparam>
/// <param name="Items">The records, in the query's order.</param>
/// <param name="Next">
/// The continuation: what asks for the next page, in this transaction or in a later one, also after a
/// restart. Null at the end.
/// </param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
    where T : class;
