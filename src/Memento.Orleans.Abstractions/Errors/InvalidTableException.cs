namespace Memento;

/// <summary>A table's definition breaks a rule; raised at start-up.</summary>
[GenerateSerializer]
[Alias("Memento.InvalidTableException")]
public sealed class InvalidTableException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="recordType">The record type's name.</param>
    /// <param name="property">The property that breaks the rule, or null for the type itself.</param>
    /// <param name="rule">The rule, and what to do.</param>
    public InvalidTableException(string recordType, string? property, string rule)
        : base(property is null
            ? $"Table type '{recordType}' is not valid: {rule}"
            : $"Table type '{recordType}', property '{property}', is not valid: {rule}")
    {
        RecordType = recordType;
        Property = property;
        Rule = rule;
    }

    /// <summary>The record type's name.</summary>
    [Id(0)]
    public string RecordType { get; }

    /// <summary>The property that breaks the rule, or null for the type itself.</summary>
    [Id(1)]
    public string? Property { get; }

    /// <summary>The rule that is broken.</summary>
    [Id(2)]
    public string Rule { get; }
}
