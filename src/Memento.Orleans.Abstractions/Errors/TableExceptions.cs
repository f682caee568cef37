namespace Memento;

/// <summary>The definition of a table breaks a rule. It is thrown at start-up.</summary>
[GenerateSerializer]
[Alias("Memento.InvalidTableException")]
public sealed class InvalidTableException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="recordType">The record type's name.</param>
    /// <param name="property">
    /// The property that breaks the rule, or null for the type itself.
    /// </param>
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

    /// <summary>The broken rule.</summary>
    [Id(2)]
    public string Rule { get; }
}

/// <summary>A call makes a table that exists.</summary>
[GenerateSerializer]
[Alias("Memento.TableExistsException")]
public sealed class TableExistsException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TableExistsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A call uses, describes or deletes a table that does not exist.</summary>
[GenerateSerializer]
[Alias("Memento.TableNotFoundException")]
public sealed class TableNotFoundException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TableNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A write would give a second record the same value in a unique index.</summary>
[GenerateSerializer]
[Alias("Memento.UniqueIndexException")]
public sealed class UniqueIndexException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="table">The table.</param>
    /// <param name="index">The unique index.</param>
    /// <param name="value">
    /// The value that is taken; a tuple if the index has several properties.
    /// </param>
    /// <param name="holderKey">The key of the record that has the value.</param>
    public UniqueIndexException(string table, string index, object? value, object? holderKey)
        : base(
            $"Table '{table}' has a unique index '{index}', and the value '{value}' belongs to the "
            + $"record with key '{holderKey}'. Change or delete that record first.")
    {
        Table = table;
        Index = index;
        Value = value;
        HolderKey = holderKey;
    }

    /// <summary>The table.</summary>
    [Id(0)]
    public string Table { get; }

    /// <summary>The unique index's name, see <see cref="IndexInfo.Name"/>.</summary>
    [Id(1)]
    public string Index { get; }

    /// <summary>The value that is taken; a tuple if the index has several properties.</summary>
    [Id(2)]
    public object? Value { get; }

    /// <summary>The key of the record that has the value.</summary>
    [Id(3)]
    public object? HolderKey { get; }
}
