namespace Memento.Queries.Evaluation;

/// <summary>Is called back with a value's type as a type parameter.</summary>
internal interface IBoundValueVisitor<TRecord, out TResult>
{
    TResult Visit<TValue>(BoundValue<TRecord, TValue> value);
}
