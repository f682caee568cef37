using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace Memento;

/// <summary>
/// A running transaction. All its calls see its own writes. It never sees a state that no serial
/// order of transactions could show. Its calls may run side by side; all must have ended when the
/// body ends.
/// </summary>
/// <remarks>
/// Besides the errors of each call, every call throws <see cref="NoTransactionException"/> after
/// the transaction's end, <see cref="TableNotFoundException"/> for a table that does not exist,
/// <see cref="TransactionTimeoutException"/> past the time limit, and
/// <see cref="TransactionConflictException"/> when the transaction lost a conflict against an older
/// one. Do not catch that: the store then runs the body again.
/// </remarks>
public interface ITransaction
{
    /// <summary>The transaction's id; every attempt has its own.</summary>
    Guid Id { get; }

    /// <summary>Reads a record by key; of a bag, the first.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="mode">The lock to take on the key, present or absent.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    /// <returns>The record, or null where there is none.</returns>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<T?> ReadAsync<T>(
        object key, LockMode mode = LockMode.Read, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Reads all records of a key; in a bag, in the order in which they were written.
    /// </summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="mode">The lock to take on the key, present or absent.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<IReadOnlyList<T>> ReadAllAsync<T>(
        object key, LockMode mode = LockMode.Read, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Writes a record. It replaces the record with the same key; in a bag it is added.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="mode">The lock to take on the key; a write always takes a write lock.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    /// <returns>The record as written, with the key that auto-increment assigned.</returns>
    /// <exception cref="UniqueIndexException">
    /// Another record has the value of a unique index.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The key cannot be stored (it is NaN, or a part of it is null).
    /// </exception>
    ValueTask<T> WriteAsync<T>(
        T record, LockMode mode = LockMode.Write, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Deletes all records of a key.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    /// <returns>Whether there was any.</returns>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<bool> DeleteAsync<T>(object key, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Deletes a record where the stored one equals it in every stored property.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    /// <returns>Whether it was there.</returns>
    ValueTask<bool> DeleteRecordAsync<T>(T record, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Reads every record of a table; in an ordered set, in the order of the keys.
    /// </summary>
    /// <param name="mode">The lock to take on the table.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    ValueTask<IReadOnlyList<T>> AllAsync<T>(
        LockMode mode = LockMode.Read, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Reads the records that have the given values; null matches null.</summary>
    /// <param name="properties">
    /// An object whose properties name properties of the record:
    /// <c>new { Director = "…", Year = 1994 }</c>.
    /// </param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
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
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
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
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
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
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
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
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
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
    /// The continuation: <see cref="Page{T}.Next"/> of the page before, in this transaction or a
    /// later one; null for the first page.
    /// </param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
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
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
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
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    ValueTask<long> CountAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Folds all records of a table into one value; in an ordered set, in key order.
    /// </summary>
    /// <param name="seed">The value to begin with.</param>
    /// <param name="fold">Makes the next value from the value and a record.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    ValueTask<TState> FoldAsync<T, TState>(
        TState seed,
        Func<TState, T, TState> fold,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>The first key in the order of the keys, or null where the table is empty.</summary>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    ValueTask<object?> FirstKeyAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>The last key in the order of the keys, or null where the table is empty.</summary>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    ValueTask<object?> LastKeyAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>The key after another one, which need not exist; null after the last key.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<object?> NextKeyAsync<T>(object key, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// The key before another one, which need not exist; null before the first key.
    /// </summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask<object?> PreviousKeyAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>All keys of a table in their order, each once; a DateTime comes as UTC.</summary>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    ValueTask<IReadOnlyList<object>> AllKeysAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Locks a whole table until the end of the transaction.</summary>
    /// <param name="mode">What other transactions may not do.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    ValueTask LockTableAsync<T>(LockMode mode, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Locks a key, present or absent, until the end of the transaction.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="mode">What other transactions may not do.</param>
    /// <param name="cancellationToken">Ends a wait for the lock.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    ValueTask LockRecordAsync<T>(
        object key, LockMode mode, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Runs a body as a savepoint. When the body throws, its own writes are undone, and its locks
    /// are kept.
    /// </summary>
    /// <remarks>
    /// All calls of the body belong to the savepoint, also calls through the outer transaction.
    /// Bodies may run side by side. Until a body has ended well, the bodies beside it do not see
    /// its writes, and get a <see cref="MementoException"/> when they write the same record or
    /// unique value.
    /// </remarks>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Ends waits for locks.</param>
    /// <returns>The result of the body.</returns>
    /// <exception cref="TransactionAbortedException">The body called Abort.</exception>
    /// <exception cref="MementoException">
    /// A call of the body was still running when the body ended. The body was undone.
    /// </exception>
    Task<T> NestedAsync<T>(
        Func<ITransaction, Task<T>> body, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="NestedAsync{T}(Func{ITransaction, Task{T}}, CancellationToken)"/>
    Task NestedAsync(Func<ITransaction, Task> body, CancellationToken cancellationToken = default);

    /// <summary>Like NestedAsync, but an Abort of the body gives a result, not an error.</summary>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Ends waits for locks.</param>
    Task<TransactionResult<T>> TryNestedAsync<T>(
        Func<ITransaction, Task<T>> body, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="TryNestedAsync{T}(Func{ITransaction, Task{T}}, CancellationToken)"/>
    Task<TransactionResult> TryNestedAsync(
        Func<ITransaction, Task> body, CancellationToken cancellationToken = default);

    /// <summary>Ends the transaction, or the savepoint, of this body without its writes.</summary>
    /// <param name="reason">
    /// The reason, which becomes the Reason of the error or the result.
    /// </param>
    /// <exception cref="TransactionAbortedException">Always.</exception>
    [DoesNotReturn]
    void Abort(string? reason = null);
}
