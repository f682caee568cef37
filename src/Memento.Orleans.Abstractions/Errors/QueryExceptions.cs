namespace Memento;

/// <summary>A predicate has an expression that the store cannot evaluate.</summary>
[GenerateSerializer]
[Alias("Memento.QueryNotSupportedException")]
public sealed class QueryNotSupportedException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="expression">The sub-expression that cannot be evaluated.</param>
    /// <param name="instead">What to write instead.</param>
    public QueryNotSupportedException(string expression, string instead)
        : base($"The query cannot evaluate '{expression}'. {instead}")
    {
        Expression = expression;
        Instead = instead;
    }

    /// <summary>The sub-expression that cannot be evaluated.</summary>
    [Id(0)]
    public string Expression { get; }

    /// <summary>What to write instead.</summary>
    [Id(1)]
    public string Instead { get; }
}

/// <summary>
/// The continuation of a page was changed, was made by another cluster, or belongs to another
/// query. A continuation may come from outside the program, so this is not an error of the program:
/// start again from the first page.
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
