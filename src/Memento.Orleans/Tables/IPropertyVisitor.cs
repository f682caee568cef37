namespace Memento.Tables;

/// <summary>Is called back with a property's types as type parameters.</summary>
internal interface IPropertyVisitor<out TResult>
{
    TResult Visit<TRecord, TValue>(RecordProperty<TRecord, TValue> property)
        where TRecord : class
        where TValue : notnull;
}
