namespace Memento;

/// <summary>
/// Transactions, snapshots and savepoints whose body gives a <see cref="ValueTask"/>, as the calls
/// of <see cref="ITransaction"/> and <see cref="ITable{T}"/> do:
/// <c>memento.TransactionAsync(tx => tx.ReadAsync&lt;Movie&gt;(1))</c>.
/// </summary>
/// <remarks>
/// They are extensions, and not overloads beside those for <see cref="Task"/>: the compiler looks
/// at extensions only where none of the other calls fits. So an async lambda, which would fit both,
/// is never ambiguous.
/// </remarks>
public static class ValueTaskBodies
{
    /// <inheritdoc cref="IMemento.TransactionAsync{T}" path="/summary|/returns|/exception"/>
    /// <param name="memento">The store.</param>
    /// <param name="body">The body. It may run several times.</param>
    /// <param name="options">
    /// The number of attempts and the time limit; null uses the configured options.
    /// </param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    public static Task<T> TransactionAsync<T>(
        this IMemento memento,
        Func<ITransaction, ValueTask<T>> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memento);
        return memento.TransactionAsync(AsTask(body), options, cancellationToken);
    }

    /// <inheritdoc cref="IMemento.TransactionAsync{T}" path="/summary|/returns|/exception"/>
    /// <param name="memento">The store.</param>
    /// <param name="body">The body. It may run several times.</param>
    /// <param name="options">
    /// The number of attempts and the time limit; null uses the configured options.
    /// </param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    public static Task TransactionAsync(
        this IMemento memento,
        Func<ITransaction, ValueTask> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memento);
        return memento.TransactionAsync(AsTask(body), options, cancellationToken);
    }

    /// <inheritdoc cref="IMemento.TryTransactionAsync{T}" path="/summary|/returns|/exception"/>
    /// <param name="memento">The store.</param>
    /// <param name="body">The body. It may run several times.</param>
    /// <param name="options">
    /// The number of attempts and the time limit; null uses the configured options.
    /// </param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    public static Task<TransactionResult<T>> TryTransactionAsync<T>(
        this IMemento memento,
        Func<ITransaction, ValueTask<T>> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memento);
        return memento.TryTransactionAsync(AsTask(body), options, cancellationToken);
    }

    /// <inheritdoc cref="IMemento.TryTransactionAsync{T}" path="/summary|/returns|/exception"/>
    /// <param name="memento">The store.</param>
    /// <param name="body">The body. It may run several times.</param>
    /// <param name="options">
    /// The number of attempts and the time limit; null uses the configured options.
    /// </param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    public static Task<TransactionResult> TryTransactionAsync(
        this IMemento memento,
        Func<ITransaction, ValueTask> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memento);
        return memento.TryTransactionAsync(AsTask(body), options, cancellationToken);
    }

    /// <inheritdoc cref="IMemento.SnapshotAsync{T}" path="/summary|/returns|/exception"/>
    /// <param name="memento">The store.</param>
    /// <param name="body">The body. It runs once.</param>
    /// <param name="options">
    /// How long the snapshot may be used; null: 5 minutes.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the snapshot.</param>
    public static Task<T> SnapshotAsync<T>(
        this IMemento memento,
        Func<ISnapshot, ValueTask<T>> body,
        SnapshotOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memento);
        return memento.SnapshotAsync(AsTask(body), options, cancellationToken);
    }

    /// <inheritdoc cref="IMemento.SnapshotAsync{T}" path="/summary|/returns|/exception"/>
    /// <param name="memento">The store.</param>
    /// <param name="body">The body. It runs once.</param>
    /// <param name="options">
    /// How long the snapshot may be used; null: 5 minutes.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the snapshot.</param>
    public static Task SnapshotAsync(
        this IMemento memento,
        Func<ISnapshot, ValueTask> body,
        SnapshotOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memento);
        return memento.SnapshotAsync(AsTask(body), options, cancellationToken);
    }

    /// <inheritdoc
    /// cref="ITransaction.NestedAsync{T}(Func{ITransaction, Task{T}}, CancellationToken)"
    /// path="/summary|/returns|/exception"/>
    /// <param name="transaction">The transaction.</param>
    /// <param name="body">The body. It may run several times.</param>
    /// <param name="cancellationToken">Ends waits for locks.</param>
    public static Task<T> NestedAsync<T>(
        this ITransaction transaction,
        Func<ITransaction, ValueTask<T>> body,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.NestedAsync(AsTask(body), cancellationToken);
    }

    /// <inheritdoc
    /// cref="ITransaction.NestedAsync{T}(Func{ITransaction, Task{T}}, CancellationToken)"
    /// path="/summary|/returns|/exception"/>
    /// <param name="transaction">The transaction.</param>
    /// <param name="body">The body. It may run several times.</param>
    /// <param name="cancellationToken">Ends waits for locks.</param>
    public static Task NestedAsync(
        this ITransaction transaction,
        Func<ITransaction, ValueTask> body,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.NestedAsync(AsTask(body), cancellationToken);
    }

    /// <inheritdoc
    /// cref="ITransaction.TryNestedAsync{T}(Func{ITransaction, Task{T}}, CancellationToken)"
    /// path="/summary|/returns|/exception"/>
    /// <param name="transaction">The transaction.</param>
    /// <param name="body">The body. It may run several times.</param>
    /// <param name="cancellationToken">Ends waits for locks.</param>
    public static Task<TransactionResult<T>> TryNestedAsync<T>(
        this ITransaction transaction,
        Func<ITransaction, ValueTask<T>> body,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.TryNestedAsync(AsTask(body), cancellationToken);
    }

    /// <inheritdoc
    /// cref="ITransaction.TryNestedAsync{T}(Func{ITransaction, Task{T}}, CancellationToken)"
    /// path="/summary|/returns|/exception"/>
    /// <param name="transaction">The transaction.</param>
    /// <param name="body">The body. It may run several times.</param>
    /// <param name="cancellationToken">Ends waits for locks.</param>
    public static Task<TransactionResult> TryNestedAsync(
        this ITransaction transaction,
        Func<ITransaction, ValueTask> body,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.TryNestedAsync(AsTask(body), cancellationToken);
    }

    private static Func<TReader, Task<T>> AsTask<TReader, T>(Func<TReader, ValueTask<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return reader => body(reader).AsTask();
    }

    private static Func<TReader, Task> AsTask<TReader>(Func<TReader, ValueTask> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return reader => body(reader).AsTask();
    }
}
