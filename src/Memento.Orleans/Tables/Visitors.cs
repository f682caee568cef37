namespace Memento.Tables;

/// <summary>Called with the record type of a table as a type parameter.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
internal interface ITableVisitor<out TResult>
{
    TResult Visit<TRecord>(TableDefinition<TRecord> table)
        where TRecord : class;
}

/// <summary>Called with the types of a property as type parameters.</summary>
internal interface IPropertyVisitor<out TResult>
{
    TResult Visit<TRecord, TValue>(RecordProperty<TRecord, TValue> property)
        where TRecord : class
        where TValue : notnull;
}
