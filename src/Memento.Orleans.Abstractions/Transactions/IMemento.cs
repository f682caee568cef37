namespace Memento;

/// <summary>
/// The store, in a silo or a client; comes from dependency injection. Thread-safe.
/// </summary>
public interface IMemento
{
    /// <summary>
    /// The transaction that is running here: of the body of <c>TransactionAsync</c>, or of the
    /// <c>[Transaction]</c> grain method; null outside.
    /// </summary>
    ITransaction? Current { get; }

    /// <summary>Makes, removes and describes tables.</summary>
    ITables Tables { get; }

    /// <summary>
    /// Runs a body as a transaction and commits it; runs it again when it lost against an older
    /// one. Inside a running transaction it is a savepoint of that one.
    /// </summary>
    /// <param name="body">
    /// The body. It may run several times, so it should have no effect besides the store; what it
    /// throws aborts the transaction and comes out unchanged.
    /// </param>
    /// <param name="options">Attempts and time limit; the configured ones where it is null.</param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    /// <returns>What the body gave.</returns>
    /// <exception cref="TransactionAbortedException">The body called Abort.</exception>
    /// <exception cref="TransactionConflictException">The attempts were used up.</exception>
    /// <exception cref="TransactionTimeoutException">It ran past its time limit.</exception>
    /// <exception cref="TransactionInDoubtException">
    /// Whether it was committed is unknown.
    /// </exception>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task<T> TransactionAsync<T>(
        Func<ITransaction, Task<T>> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="TransactionAsync{T}"/>
    Task TransactionAsync(
        Func<ITransaction, Task> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Like <see cref="TransactionAsync{T}"/>, but an Abort of the body is a result and not an
    /// error.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="options">Attempts and time limit; the configured ones where it is null.</param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    Task<TransactionResult<T>> TryTransactionAsync<T>(
        Func<ITransaction, Task<T>> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="TryTransactionAsync{T}"/>
    Task<TransactionResult> TryTransactionAsync(
        Func<ITransaction, Task> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>A table's reads and writes one by one, each a transaction of its own.</summary>
    /// <exception cref="TableNotFoundException">The type is not registered.</exception>
    ITable<T> Table<T>()
        where T : class;

    /// <summary>The record of a key as a grain, there or not.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    /// <exception cref="StoreUnavailableException">The silo or client does not run.</exception>
    /// <remarks>
    /// Its calls are grain calls: where no silo answers, they throw what Orleans throws.
    /// </remarks>
    IRecord<T> GetRecord<T>(object key)
        where T : class;
}
