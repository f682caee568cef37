namespace Memento;

/// <summary>A predicate holds an expression that the store cannot evaluate; it is never guessed.</summary>
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
