namespace Memento.Tables;

/// <summary>Is called with a table's record type as a type parameter.</summary>
/// <typeparam name="TResult">What it gives.</typeparam>
internal interface ITableVisitor<out TResult>
{
    TResult Visit<TRecord>(TableDefinition<TRecord> table)
        where TRecord : class;
}

/// <summary>Is called back with a property's types as type parameters.</summary>
internal interface IPropertyVisitor<out TResult>
{
    TResult Visit<TRecord, TValue>(RecordProperty<TRecord, TValue> property)
        where TRecord : class
        where TValue : notnull;
}
