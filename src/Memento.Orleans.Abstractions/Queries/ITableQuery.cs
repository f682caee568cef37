using System.Linq.Expressions;

namespace Memento;

/// <summary>
/// A query over the records of a table, of which every call narrows or orders the result.
/// </summary>
/// <typeparam name="T">The record type.</typeparam>
/// <remarks>
/// Without an order, records of an ordered set come by key; of other tables in an order that only
/// pages rely on. Records that an order leaves equal come by key, in the direction of the last
/// property.
/// </remarks>
public interface ITableQuery<T> : IQuery<T>
    where T : class
{
    /// <summary>Keeps the records that satisfy a predicate, besides those before.</summary>
    /// <param name="where">The predicate.</param>
    /// <exception cref="QueryNotSupportedException">
    /// It holds what the store cannot evaluate, or comes after Skip or Take.
    /// </exception>
    ITableQuery<T> Where(Expression<Func<T, bool>> where);

    /// <summary>Keeps the records that satisfy a guard that was built at run time.</summary>
    /// <param name="where">The guard.</param>
    /// <exception cref="ArgumentException">It does not fit the table.</exception>
    /// <exception cref="QueryNotSupportedException">It comes after Skip or Take.</exception>
    ITableQuery<T> Where(Guard where);

    /// <summary>Orders by a property: null first, strings by ordinal.</summary>
    /// <param name="property">The property, or one of a nested object.</param>
    /// <exception cref="QueryNotSupportedException">
    /// It is no property that has an order, or comes after Skip or Take.
    /// </exception>
    IOrderedTableQuery<T> OrderBy<TKey>(Expression<Func<T, TKey>> property);

    /// <summary>Orders by a property, the greatest first and null last.</summary>
    /// <inheritdoc cref="OrderBy" path="/param|/exception"/>
    IOrderedTableQuery<T> OrderByDescending<TKey>(Expression<Func<T, TKey>> property);

    /// <inheritdoc cref="IQuery{TResult}.Skip"/>
    new ITableQuery<T> Skip(int count);

    /// <inheritdoc cref="IQuery{TResult}.Take"/>
    new ITableQuery<T> Take(int count);

    /// <summary>The least value of a property; null is left out.</summary>
    /// <param name="property">The property, or one of a nested object.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <returns>The value, or null where there is none and null is a value of the type.</returns>
    /// <exception cref="InvalidOperationException">
    /// There is none, and the type has no null.
    /// </exception>
    ValueTask<TValue> MinAsync<TValue>(
        Expression<Func<T, TValue>> property, CancellationToken cancellationToken = default);

    /// <summary>The greatest value of a property; null is left out.</summary>
    /// <inheritdoc cref="MinAsync" path="/param|/returns|/exception"/>
    ValueTask<TValue> MaxAsync<TValue>(
        Expression<Func<T, TValue>> property, CancellationToken cancellationToken = default);

    /// <summary>The sum of a value of each record; 0 where there is no record.</summary>
    /// <param name="value">Gives the value, where the query is asked.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <exception cref="OverflowException">The sum does not fit into the type.</exception>
    ValueTask<TValue> SumAsync<TValue>(
        Func<T, TValue> value, CancellationToken cancellationToken = default)
        where TValue : struct, System.Numerics.INumber<TValue>;

    /// <summary>The sum of a value of each record; null is left out.</summary>
    /// <inheritdoc cref="SumAsync{TValue}(Func{T, TValue}, CancellationToken)" path="/param|/exception"/>
    ValueTask<TValue?> SumAsync<TValue>(
        Func<T, TValue?> value, CancellationToken cancellationToken = default)
        where TValue : struct, System.Numerics.INumber<TValue>;

    /// <summary>
    /// Reads a page of the results, in the query's order. A record that was there all along comes
    /// on one page and once, whatever is written between the pages.
    /// </summary>
    /// <param name="size">How many records a page has at the most, 1 or more.</param>
    /// <param name="after">The continuation of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <exception cref="InvalidContinuationException">
    /// The continuation was changed, or is of another query, table or order.
    /// </exception>
    /// <exception cref="QueryNotSupportedException">The query has a Skip or a Take.</exception>
    ValueTask<Page<T>> ToPageAsync(
        int size, string? after = null, CancellationToken cancellationToken = default);
}

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

/// <summary>
/// What a query gives, in its order. A query is immutable: every call makes another one, and
/// nothing is read before one of the calls that wait.
/// </summary>
/// <typeparam name="TResult">What it gives: records, or what was made of them.</typeparam>
/// <remarks>
/// The calls that wait throw what every call of <see cref="ITransaction"/> throws, and
/// <see cref="QueryNotSupportedException"/> where the query holds what the store cannot evaluate.
/// </remarks>
public interface IQuery<TResult>
{
    /// <summary>Leaves out the first results.</summary>
    /// <param name="count">How many, 0 or more.</param>
    IQuery<TResult> Skip(int count);

    /// <summary>Gives no more than so many results.</summary>
    /// <param name="count">How many, 0 or more.</param>
    IQuery<TResult> Take(int count);

    /// <summary>Makes something of each result, where the query is asked: any C# will do.</summary>
    /// <param name="projection">Makes it.</param>
    IQuery<TNext> Select<TNext>(Func<TResult, TNext> projection);

    /// <summary>Reads all results.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<IReadOnlyList<TResult>> ToListAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the first result; the default where there is none.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<TResult?> FirstOrDefaultAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the only result; the default where there is none.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    ValueTask<TResult?> SingleOrDefaultAsync(CancellationToken cancellationToken = default);

    /// <summary>Counts the results where they are; no record is copied or sent.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether there is any result; no record is copied or sent.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads the results in portions, each when it is needed: what is never reached is neither read
    /// nor locked. The enumeration has to end inside the transaction's body; of what the body
    /// writes meanwhile it may meet what lies ahead of it.
    /// </summary>
    IAsyncEnumerable<TResult> AsAsyncEnumerable();

    /// <summary>
    /// Runs the query without its results, and says how: the way to the records, what is filtered
    /// after, and how much was read.
    /// </summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<QueryExplanation> ExplainAsync(CancellationToken cancellationToken = default);
}
