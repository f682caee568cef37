namespace Memento;

/// <summary>
/// The store, in a silo or a client. It comes from dependency injection, and is thread-safe.
/// </summary>
public interface IMemento
{
    /// <summary>
    /// The transaction that is running here: the transaction of the body of
    /// <c>TransactionAsync</c>, or of the <c>[Transaction]</c> grain method. Null outside a
    /// transaction.
    /// </summary>
    ITransaction? Current { get; }

    /// <summary>Makes, removes and describes tables.</summary>
    ITables Tables { get; }

    /// <summary>
    /// Runs a body as a transaction and commits it. Runs the body again when the transaction lost a
    /// conflict against an older one. Inside a running transaction, the body is a savepoint of it.
    /// </summary>
    /// <param name="body">
    /// The body. It may run several times, so it should have no effect besides the store. An
    /// exception of the body aborts the transaction and reaches the caller unchanged.
    /// </param>
    /// <param name="options">
    /// The number of attempts and the time limit; null uses the configured options.
    /// </param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    /// <returns>The result of the body.</returns>
    /// <exception cref="TransactionAbortedException">The body called Abort.</exception>
    /// <exception cref="TransactionConflictException">The attempts were used up.</exception>
    /// <exception cref="TransactionTimeoutException">
    /// The transaction ran past its time limit.
    /// </exception>
    /// <exception cref="TransactionInDoubtException">
    /// Whether the transaction was committed is unknown.
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
    /// Like <see cref="TransactionAsync{T}"/>, but an Abort of the body gives a result, not an
    /// error.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="options">
    /// The number of attempts and the time limit; null uses the configured options.
    /// </param>
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

    /// <summary>
    /// Runs a body with the store as it is now, while others write on. The body runs once; its
    /// reads take no lock and wait for no writer. What was acknowledged to anybody before the call
    /// is in it. The call waits until that is durable, and over several silos until the commits are
    /// decided that are being decided.
    /// </summary>
    /// <remarks>
    /// Reads of <see cref="Table{T}"/> inside the body see the snapshot. Writes of it, and
    /// transactions that begin inside the body, are on the present records, and the snapshot does
    /// not see them.
    /// </remarks>
    /// <param name="body">The body. Its exceptions reach the caller unchanged.</param>
    /// <param name="options">How long the snapshot may be used; null: 5 minutes.</param>
    /// <param name="cancellationToken">Ends the wait for the snapshot.</param>
    /// <returns>The result of the body.</returns>
    /// <exception cref="MementoException">
    /// A transaction is running here: a snapshot would not see its writes.
    /// </exception>
    /// <exception cref="SnapshotEndedException">
    /// The body ran longer than the snapshot lived, or a silo with a part of it has ended.
    /// </exception>
    /// <exception cref="StorageException">
    /// The storage does not say whether it has kept what was written last.
    /// </exception>
    /// <exception cref="StoreUnavailableException">
    /// The silo or client is not running, or a client reaches no silo.
    /// </exception>
    Task<T> SnapshotAsync<T>(
        Func<ISnapshot, Task<T>> body,
        SnapshotOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SnapshotAsync{T}"/>
    Task SnapshotAsync(
        Func<ISnapshot, Task> body,
        SnapshotOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Describes the whole store: its silos with their partitions, the tables, the running
    /// transactions and what they wait for, the locks, the counts of commits and aborts. Every silo
    /// is asked, and has 2 seconds for its answer; one that does not answer is listed as silent.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">
    /// The silo or client is not running, or a client reaches no silo.
    /// </exception>
    Task<SystemInfo> InfoAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Decides by hand a transaction that waits for a transactional grain which does not come back
    /// (<see cref="SystemInfo.Undecided"/>). The grain may have decided otherwise, or do so later:
    /// then the tables and the grains differ, and nobody is told. Ask the grain's storage first.
    /// </summary>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="decision">
    /// What happens: a transaction that is prepared is committed or aborted in all partitions that
    /// hold it; one that is committed is forgotten.
    /// </param>
    /// <param name="cancellationToken">Ends the wait, not the decision.</param>
    /// <exception cref="NoTransactionException">
    /// No silo that answered has such a transaction waiting for this decision.
    /// </exception>
    /// <exception cref="StorageException">
    /// The decision could not be written; decide again.
    /// </exception>
    /// <exception cref="StoreUnavailableException">
    /// The silo or client is not running, or a client reaches no silo.
    /// </exception>
    Task DecideAsync(
        Guid transactionId,
        TransactionDecision decision,
        CancellationToken cancellationToken = default);

    /// <summary>The reads and writes of a table, each a transaction of its own.</summary>
    /// <exception cref="TableNotFoundException">The type is not registered.</exception>
    ITable<T> Table<T>()
        where T : class;

    /// <summary>The record of a key as a grain, whether the record exists or not.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <exception cref="ArgumentException">The key is of another type; both are named.</exception>
    /// <exception cref="StoreUnavailableException">The silo or client is not running.</exception>
    /// <remarks>
    /// The calls of the record are grain calls: if no silo answers, they throw Orleans' exceptions.
    /// </remarks>
    IRecord<T> GetRecord<T>(object key)
        where T : class;
}
