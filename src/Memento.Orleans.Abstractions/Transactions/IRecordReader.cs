using System.Linq.Expressions;

namespace Memento;

/// <summary>
/// What can be read in the body of a transaction and of a snapshot alike. A
/// <see cref="ITransaction"/> locks what it reads, and sees its own writes; an
/// <see cref="ISnapshot"/> locks nothing.
/// </summary>
public interface IRecordReader
{
    /// <summary>Reads a record by key; of a bag, the first.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The record, or null where there is none.</returns>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<T?> ReadAsync<T>(object key, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Reads all records of a key; in a bag, in the order in which they were written.
    /// </summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<IReadOnlyList<T>> ReadAllAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Reads every record of a table; in an ordered set, in the order of the keys.
    /// </summary>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<IReadOnlyList<T>> AllAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Reads the records that have the given values; null matches null.</summary>
    /// <param name="properties">
    /// An object whose properties name properties of the record:
    /// <c>new { Director = "…", Year = 1994 }</c>.
    /// </param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">
    /// The record has no property of that name, or the property has another type.
    /// </exception>
    ValueTask<IReadOnlyList<T>> MatchAsync<T>(
        object properties, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Reads the records that satisfy a predicate; in an ordered set, in key order.
    /// </summary>
    /// <param name="where">The predicate.</param>
    /// <param name="limit">How many records to give at the most, 1 or more; null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The predicate has a part that the store cannot evaluate.
    /// </exception>
    ValueTask<IReadOnlyList<T>> SelectAsync<T>(
        Expression<Func<T, bool>> where,
        int? limit = null,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Reads the records that satisfy a guard that was built at run time.</summary>
    /// <param name="where">The guard.</param>
    /// <param name="limit">How many records to give at the most, 1 or more; null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">
    /// The guard names a property that the record does not have, or a value of another type.
    /// </exception>
    ValueTask<IReadOnlyList<T>> SelectAsync<T>(
        Guard where, int? limit = null, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Reads the records that satisfy a predicate, and makes a value of each.</summary>
    /// <param name="where">The predicate.</param>
    /// <param name="projection">
    /// Makes the value, in the process of the body. Any C# is allowed.
    /// </param>
    /// <param name="limit">How many records to give at the most, 1 or more; null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The predicate has a part that the store cannot evaluate.
    /// </exception>
    ValueTask<IReadOnlyList<TResult>> SelectAsync<T, TResult>(
        Expression<Func<T, bool>> where,
        Func<T, TResult> projection,
        int? limit = null,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Reads the records that satisfy a guard, and makes a value of each.</summary>
    /// <param name="where">The guard.</param>
    /// <param name="projection">
    /// Makes the value, in the process of the body. Any C# is allowed.
    /// </param>
    /// <param name="limit">How many records to give at the most, 1 or more; null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">
    /// The guard names a property that the record does not have, or a value of another type.
    /// </exception>
    ValueTask<IReadOnlyList<TResult>> SelectAsync<T, TResult>(
        Guard where,
        Func<T, TResult> projection,
        int? limit = null,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Begins a query over the records of a table; in an ordered set, they come by key.
    /// </summary>
    ITableQuery<T> Query<T>()
        where T : class;

    /// <summary>
    /// Reads a page of the records that satisfy a predicate, by key. A record that is in the table
    /// all the time comes on exactly one page, whatever is written between the pages.
    /// </summary>
    /// <param name="where">The predicate.</param>
    /// <param name="size">How many records a page has at the most, 1 or more.</param>
    /// <param name="after">
    /// The continuation: <see cref="Page{T}.Next"/> of the page before, also of another
    /// reader; null for the first page.
    /// </param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The predicate has a part that the store cannot evaluate.
    /// </exception>
    /// <exception cref="InvalidContinuationException">
    /// The continuation was changed, or belongs to another table or predicate.
    /// </exception>
    ValueTask<Page<T>> PageAsync<T>(
        Expression<Func<T, bool>> where,
        int size,
        string? after = null,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Reads a page of the records that satisfy a guard, by key.</summary>
    /// <param name="where">The guard.</param>
    /// <param name="size">How many records a page has at the most, 1 or more.</param>
    /// <param name="after">
    /// The continuation: <see cref="Page{T}.Next"/> of the page before; null for the first page.
    /// </param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">The guard does not fit the table.</exception>
    /// <exception cref="InvalidContinuationException">
    /// The continuation was changed, or belongs to another table or guard.
    /// </exception>
    ValueTask<Page<T>> PageAsync<T>(
        Guard where,
        int size,
        string? after = null,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Counts the records of a table.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<long> CountAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Folds all records of a table into one value; in an ordered set, in key order.
    /// </summary>
    /// <param name="seed">The value to begin with.</param>
    /// <param name="fold">Makes the next value from the value and a record.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<TState> FoldAsync<T, TState>(
        TState seed,
        Func<TState, T, TState> fold,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>The first key in the order of the keys, or null where the table is empty.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<object?> FirstKeyAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>The last key in the order of the keys, or null where the table is empty.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<object?> LastKeyAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>The key after another one, which need not exist; null after the last key.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<object?> NextKeyAsync<T>(object key, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// The key before another one, which need not exist; null before the first key.
    /// </summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<object?> PreviousKeyAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>All keys of a table in their order, each once; a DateTime comes as UTC.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<IReadOnlyList<object>> AllKeysAsync<T>(CancellationToken cancellationToken = default)
        where T : class;
}
