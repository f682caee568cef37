namespace Memento;

/// <summary>A write would have given a second record the same value of a unique index.</summary>
[GenerateSerializer]
[Alias("Memento.UniqueIndexException")]
public sealed class UniqueIndexException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="table">The table.</param>
    /// <param name="index">The unique index.</param>
    /// <param name="value">The value that is taken; of several properties a tuple.</param>
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

    /// <summary>The value that is taken; of an index on several properties a tuple.</summary>
    [Id(2)]
    public object? Value { get; }

    /// <summary>The key of the record that has the value.</summary>
    [Id(3)]
    public object? HolderKey { get; }
}
