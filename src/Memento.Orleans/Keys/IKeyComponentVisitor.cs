namespace Memento.Keys;

/// <summary>Is called with a component whose type of values is known at compile time.</summary>
internal interface IKeyComponentVisitor<out TResult>
{
    TResult Visit<T>(KeyComponent<T> component)
        where T : notnull;
}
