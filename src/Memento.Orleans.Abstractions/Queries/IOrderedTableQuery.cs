using System.Linq.Expressions;

namespace Memento;

/// <summary>A query with an order, to which a further property can be added.</summary>
/// <typeparam name="T">The record type.</typeparam>
public interface IOrderedTableQuery<T> : ITableQuery<T>
    where T : class
{
    /// <summary>Orders by a further property what is equal so far.</summary>
    /// <inheritdoc cref="ITableQuery{T}.OrderBy" path="/param|/exception"/>
    IOrderedTableQuery<T> ThenBy<TKey>(Expression<Func<T, TKey>> property);

    /// <summary>Orders by a further property what is equal so far, the greatest first.</summary>
    /// <inheritdoc cref="ITableQuery{T}.OrderBy" path="/param|/exception"/>
    IOrderedTableQuery<T> ThenByDescending<TKey>(Expression<Func<T, TKey>> property);
}
