using System.Linq.Expressions;

namespace Memento;

/// <summary>A query over the records of a table. Every call narrows or orders the result.</summary>
/// <typeparam name="T">The record type.</typeparam>
/// <remarks>
/// Without an order, the records of an ordered set come by key; the records of other tables come in
/// an order that only pages rely on. Records that an order leaves equal come by key, in the
/// direction of the last property.
/// </remarks>
public interface ITableQuery<T> : IQuery<T>
    where T : class
{
    /// <summary>Keeps the records that satisfy a predicate, and all predicates before it.</summary>
    /// <param name="where">The predicate.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The predicate has a part that the store cannot evaluate, or the call comes after Skip or
    /// Take.
    /// </exception>
    ITableQuery<T> Where(Expression<Func<T, bool>> where);

    /// <summary>Keeps the records that satisfy a guard that was built at run time.</summary>
    /// <param name="where">The guard.</param>
    /// <exception cref="ArgumentException">The guard does not fit the table.</exception>
    /// <exception cref="QueryNotSupportedException">The call comes after Skip or Take.</exception>
    ITableQuery<T> Where(Guard where);

    /// <summary>Orders by a property: null first, strings by ordinal.</summary>
    /// <param name="property">The property, or a property of a nested object.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The expression is not a property with an order, or the call comes after Skip or Take.
    /// </exception>
    IOrderedTableQuery<T> OrderBy<TKey>(Expression<Func<T, TKey>> property);

    /// <summary>Orders by a property, the greatest first and null last.</summary>
    /// <inheritdoc cref="OrderBy" path="/param|/exception"/>
    IOrderedTableQuery<T> OrderByDescending<TKey>(Expression<Func<T, TKey>> property);

    /// <inheritdoc cref="IQuery{TResult}.Skip"/>
    new ITableQuery<T> Skip(int count);

    /// <inheritdoc cref="IQuery{TResult}.Take"/>
    new ITableQuery<T> Take(int count);

    /// <summary>
    /// Locks the results for writing when they are read, by
    /// <see cref="IQuery{TResult}.ToListAsync"/>, <see cref="IQuery{TResult}.FirstOrDefaultAsync"/>
    /// or <see cref="IQuery{TResult}.SingleOrDefaultAsync"/>, also in a projection. Whoever will
    /// write what it reads asks so: two that have both read a record would stop each other.
    /// </summary>
    /// <remarks>
    /// With <paramref name="skipLocked"/> the query waits for nobody. Records that others have
    /// locked are left out, and it looks further, for as many as <c>Take</c> wants. Each returned
    /// record satisfies the query, and is locked. The answer as a whole is not that of a serial
    /// order: a record that is skipped may be free a moment later, one that comes meanwhile may be
    /// missed, and the order is only that among the returned ones.
    /// </remarks>
    /// <param name="skipLocked">Whether records that others have locked are left out.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The query is of a snapshot. Calls that return no records refuse such a query in the same
    /// way, and <c>skipLocked</c> refuses a <c>Skip</c>.
    /// </exception>
    ITableQuery<T> ForUpdate(bool skipLocked = false);

    /// <summary>
    /// Has the query walk this index, in every partition, where the store would choose by what it
    /// reads least. It changes how fast an answer is, and never the answer.
    /// </summary>
    /// <param name="name">
    /// The name of an index: its property, or several joined by <c>_</c>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The table has no such index; the message lists those that it has.
    /// </exception>
    /// <remarks>
    /// Where the index neither leads to fewer records nor has them in the order of the query, calls
    /// that give results throw a <see cref="QueryNotSupportedException"/> that says why.
    /// </remarks>
    ITableQuery<T> UseIndex(string name);

    /// <summary>Deletes the results, which it locks like <see cref="ForUpdate"/>.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="QueryNotSupportedException">The query is of a snapshot.</exception>
    ValueTask<long> DeleteAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes each of the results, which it locks like <see cref="ForUpdate"/>.
    /// </summary>
    /// <param name="change">
    /// Makes the new record from the old one, with the same key; null leaves it as it is. It runs
    /// in the process that asks.
    /// </param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <returns>How many were changed.</returns>
    /// <exception cref="ArgumentException">A new record has another key.</exception>
    /// <exception cref="UniqueIndexException">
    /// Another record has the value of a unique index.
    /// </exception>
    /// <exception cref="QueryNotSupportedException">The query is of a snapshot.</exception>
    ValueTask<long> UpdateAsync(
        Func<T, T?> change, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes the results in batches, each a transaction of its own: for more records than one
    /// transaction should have. As a whole it is not atomic: others see the batches one by one, and
    /// what is done stays where a later one fails. It can be called again to go on.
    /// </summary>
    /// <remarks>
    /// Only for queries of <see cref="ITable{T}.Query"/>. Batches go along the keys, once: records
    /// that come meanwhile are met where their keys are ahead. In a bag a batch has all results of
    /// its last key, and may be larger.
    /// </remarks>
    /// <param name="size">How many records a batch has, 1 to 100,000.</param>
    /// <param name="progress">
    /// Called after each batch with the number of records deleted so far.
    /// </param>
    /// <param name="cancellationToken">
    /// Stops the call; the batch that is running is not kept.
    /// </param>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="InBatchesException">
    /// A batch or the progress callback failed. The batches before stay; the error says how far the
    /// call came.
    /// </exception>
    /// <exception cref="InBatchesCanceledException">
    /// The call was cancelled. The batches before stay; the error says how far the call came.
    /// </exception>
    /// <exception cref="MementoException">
    /// The call is inside a transaction, or the query is of one.
    /// </exception>
    /// <exception cref="QueryNotSupportedException">
    /// The query has an order, a Skip or a Take, or is of a snapshot.
    /// </exception>
    ValueTask<long> DeleteInBatchesAsync(
        int size = 1000,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes the results in batches, each a transaction of its own: for more records than one
    /// transaction should have. As a whole it is not atomic: others see the batches one by one, and
    /// what is done stays where a later one fails.
    /// </summary>
    /// <remarks>
    /// Only for queries of <see cref="ITable{T}.Query"/>. Batches go along the keys, once: no
    /// record is changed twice by one call, also where it still satisfies the query, and records
    /// that come meanwhile are met where their keys are ahead. Called again, it changes all results
    /// again: have the change make the condition false, and it goes on where it stopped. In a bag a
    /// batch has all results of its last key, and may be larger.
    /// </remarks>
    /// <param name="change">
    /// Makes the new record from the old one, with the same key; null leaves it as it is. It runs
    /// in the process that asks, and again where a batch does.
    /// </param>
    /// <param name="size">How many records a batch has, 1 to 100,000.</param>
    /// <param name="progress">
    /// Called after each batch with the number of records changed so far.
    /// </param>
    /// <param name="cancellationToken">
    /// Stops the call; the batch that is running is not kept.
    /// </param>
    /// <returns>How many were changed.</returns>
    /// <inheritdoc cref="DeleteInBatchesAsync" path="/exception"/>
    ValueTask<long> UpdateInBatchesAsync(
        Func<T, T?> change,
        int size = 1000,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default);

    /// <summary>The least value of a property; null is left out.</summary>
    /// <param name="property">The property, or a property of a nested object.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <returns>The value; null where there is no value and the type has null.</returns>
    /// <exception cref="InvalidOperationException">
    /// There is no value, and the type does not have null.
    /// </exception>
    ValueTask<TValue> MinAsync<TValue>(
        Expression<Func<T, TValue>> property, CancellationToken cancellationToken = default);

    /// <summary>The greatest value of a property; null is left out.</summary>
    /// <inheritdoc cref="MinAsync" path="/param|/returns|/exception"/>
    ValueTask<TValue> MaxAsync<TValue>(
        Expression<Func<T, TValue>> property, CancellationToken cancellationToken = default);

    /// <summary>
    /// Counts the results by the values of a property, in their partitions; no record is copied or
    /// sent. An index that begins with the property makes it a few reads of each value, where no
    /// condition on other properties has to be checked.
    /// </summary>
    /// <param name="property">
    /// The property, or a property of a nested object. Each partition sends all its values at once:
    /// it is meant for few, such as states, and not for one that is different in every record.
    /// </param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <returns>
    /// How many records have each value that there is. The order of the values is that of
    /// <see cref="OrderBy"/>: null first, which is a key like others. Times come as universal time.
    /// </returns>
    /// <exception cref="InvalidOperationException">
    /// A record has null there, and the type does not have null.
    /// </exception>
    /// <exception cref="QueryNotSupportedException">
    /// The expression is not a property with an order, or the query has a Skip, a Take or a
    /// ForUpdate.
    /// </exception>
    ValueTask<IReadOnlyDictionary<TKey, long>> CountByAsync<TKey>(
        Expression<Func<T, TKey>> property, CancellationToken cancellationToken = default);

    /// <summary>The sum of a value of each record; 0 where there is no record.</summary>
    /// <param name="value">Returns the value; it runs in the process that asks.</param>
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
    /// Reads a page of the results, in the order of the query. A record that is in the table all
    /// the time comes on exactly one page, whatever is written between the pages.
    /// </summary>
    /// <param name="size">How many records a page has at the most, 1 or more.</param>
    /// <param name="after">The continuation of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <exception cref="InvalidContinuationException">
    /// The continuation was changed, or belongs to another query, table or order.
    /// </exception>
    /// <exception cref="QueryNotSupportedException">The query has a Skip or a Take.</exception>
    ValueTask<Page<T>> ToPageAsync(
        int size, string? after = null, CancellationToken cancellationToken = default);
}

/// <summary>A query with an order. More properties can be added to the order.</summary>
/// <typeparam name="T">The record type.</typeparam>
public interface IOrderedTableQuery<T> : ITableQuery<T>
    where T : class
{
    /// <summary>Orders by another property the records that are equal so far.</summary>
    /// <inheritdoc cref="ITableQuery{T}.OrderBy" path="/param|/exception"/>
    IOrderedTableQuery<T> ThenBy<TKey>(Expression<Func<T, TKey>> property);

    /// <summary>
    /// Orders by another property the records that are equal so far, the greatest first.
    /// </summary>
    /// <inheritdoc cref="ITableQuery{T}.OrderBy" path="/param|/exception"/>
    IOrderedTableQuery<T> ThenByDescending<TKey>(Expression<Func<T, TKey>> property);
}

/// <summary>
/// The results of a query, in its order. A query is immutable: every call makes another one. It
/// reads nothing before a call that gives results is awaited.
/// </summary>
/// <typeparam name="TResult">
/// The type of a result: the record type, or the type of a projection.
/// </typeparam>
/// <remarks>
/// The asynchronous calls throw what every call of <see cref="ITransaction"/> throws, and
/// <see cref="QueryNotSupportedException"/> where the query has a part that the store cannot
/// evaluate.
/// </remarks>
public interface IQuery<TResult>
{
    /// <summary>Leaves out the first results.</summary>
    /// <param name="count">How many, 0 or more.</param>
    IQuery<TResult> Skip(int count);

    /// <summary>Gives no more than so many results.</summary>
    /// <param name="count">How many, 0 or more.</param>
    IQuery<TResult> Take(int count);

    /// <summary>
    /// Makes a value of each result, in the process that asks. Any C# is allowed.
    /// </summary>
    /// <param name="projection">Makes the value.</param>
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

    /// <summary>Counts the results in their partitions; no record is copied or sent.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether there is any result; no record is copied or sent.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads the results in portions, each when it is needed. Results that the enumeration never
    /// reaches are neither read nor locked. The enumeration has to end inside the body of the
    /// transaction. If the body writes meanwhile, the enumeration may meet writes that are ahead of
    /// it.
    /// </summary>
    IAsyncEnumerable<TResult> AsAsyncEnumerable();

    /// <summary>
    /// Runs the query, and says how it was answered instead of giving the results: the way to the
    /// records, the filter, and how much was read.
    /// </summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<QueryExplanation> ExplainAsync(CancellationToken cancellationToken = default);
}
