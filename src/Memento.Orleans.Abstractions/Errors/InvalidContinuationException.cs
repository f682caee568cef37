namespace Memento;

/// <summary>
/// A page was asked for with a continuation that was changed, that another cluster made, or that is
/// of another query. What a caller sends back from outside is no fault of the program: start again
/// from the first page.
/// </summary>
[GenerateSerializer]
[Alias("Memento.InvalidContinuationException")]
public sealed class InvalidContinuationException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="table">The table of the query.</param>
    /// <param name="reason">What is wrong with the continuation, and what to pass instead.</param>
    public InvalidContinuationException(string table, string reason)
        : base($"The continuation cannot be used for this query of table '{table}'. {reason}")
        => Table = table;

    /// <summary>The table of the query.</summary>
    [Id(0)]
    public string Table { get; }
}
