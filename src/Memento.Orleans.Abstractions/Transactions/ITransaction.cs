using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

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
public interface ITransaction : IRecordReader
{
    /// <summary>The transaction's id; every attempt has its own.</summary>
    Guid Id { get; }

    /// <summary>
    /// Which run of the body this is, from 1; in a grain method that has joined, the run of the
    /// body that called it.
    /// </summary>
    int Attempt { get; }

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

    /// <summary>
    /// Changes the record of a key, or writes one where there is none. The key is locked for
    /// writing first, present or absent, so that two callers never both insert.
    /// </summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="insert">Makes the record where there is none, with this key.</param>
    /// <param name="update">
    /// Makes the new record from the old one, with the same key; null leaves it as it is. It and
    /// <paramref name="insert"/> run in the process that asks, and again where the body does.
    /// </param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <returns>The record as it is now.</returns>
    /// <exception cref="ArgumentException">
    /// The key is of another type; or the record that was made has another key, or is null where it
    /// is to be inserted.
    /// </exception>
    /// <exception cref="UniqueIndexException">
    /// Another record has the value of a unique index.
    /// </exception>
    /// <exception cref="MementoException">
    /// The table is a bag, where a key has several records.
    /// </exception>
    [OverloadResolutionPriority(1)]
    ValueTask<T> UpsertAsync<T>(
        object key,
        Func<T> insert,
        Func<T, T?> update,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Changes the record of a key, or writes the given one where there is none. The key is locked
    /// for writing first, present or absent, so that two callers never both insert.
    /// </summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="insert">The record that is written where there is none, with this key.</param>
    /// <param name="update">
    /// Makes the new record from the old one, with the same key; null leaves it as it is. It runs
    /// in the process that asks, and again where the body does.
    /// </param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <inheritdoc
    /// cref="UpsertAsync{T}(object, Func{T}, Func{T, T}, CancellationToken)"
    /// path="/returns|/exception"/>
    ValueTask<T> UpsertAsync<T>(
        object key, T insert, Func<T, T?> update, CancellationToken cancellationToken = default)
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

    /// <summary>
    /// Runs a callback once, after the transaction is committed and acknowledged. The call that ran
    /// the transaction ends after its callbacks.
    /// </summary>
    /// <remarks>
    /// Callbacks run one after the other, in the order of their registration, in the context of the
    /// caller (the scheduler of its grain), and outside the transaction. Those of an attempt that
    /// runs again are dropped, and so are those of a nested body that was undone. An exception of a
    /// callback is logged (1236), and the others run: the transaction is committed all the same. If
    /// the process ends in between, none runs: what must happen belongs into a table.
    /// </remarks>
    /// <param name="callback">The callback.</param>
    /// <exception cref="MementoException">
    /// A grain method has joined the transaction of another process or grain: register it in the
    /// body that began the transaction, which learns how it ends.
    /// </exception>
    void OnCommitted(Action callback);

    /// <inheritdoc cref="OnCommitted(Action)"/>
    void OnCommitted(Func<Task> callback);

    /// <summary>
    /// Runs a callback once, after the transaction has ended without its writes, or, registered in
    /// a nested body, after that was undone and the transaction has ended. It does not run where an
    /// attempt runs again, nor where the outcome of the commit is in doubt.
    /// </summary>
    /// <inheritdoc cref="OnCommitted(Action)" path="/remarks|/param|/exception"/>
    void OnAborted(Action callback);

    /// <inheritdoc cref="OnAborted(Action)"/>
    void OnAborted(Func<Task> callback);

    /// <summary>Ends the transaction, or the savepoint, of this body without its writes.</summary>
    /// <param name="reason">
    /// The reason, which becomes the Reason of the error or the result.
    /// </param>
    /// <exception cref="TransactionAbortedException">Always.</exception>
    [DoesNotReturn]
    void Abort(string? reason = null);
}
