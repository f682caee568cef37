namespace Memento.Tables;

/// <summary>Is called with a table's record type as a type parameter.</summary>
/// <typeparam name="TResult">What it gives.</typeparam>
internal interface ITableVisitor<out TResult>
{
    TResult Visit<TRecord>(TableDefinition<TRecord> table)
        where TRecord : class;
}
