using System.Linq.Expressions;

namespace Memento;

/// <summary>
/// The reads and writes of a table, one by one. Each call is a transaction of its own, or joins the
/// transaction that is running.
/// </summary>
/// <typeparam name="T">The record type.</typeparam>
/// <remarks>Calls throw what <see cref="IMemento.TransactionAsync{T}"/> throws.</remarks>
public interface ITable<T>
    where T : class
{
    /// <summary>Reads a record by key; of a bag, the first.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    /// <returns>The record, or null where there is none.</returns>
    ValueTask<T?> GetAsync(object key, CancellationToken cancellationToken = default);

    /// <summary>Whether there is a record with a key.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    ValueTask<bool> ExistsAsync(object key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a record. It replaces the record with the same key; in a bag it is added.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    /// <returns>The record as written, with the key that auto-increment assigned.</returns>
    /// <exception cref="UniqueIndexException">
    /// Another record has the value of a unique index.
    /// </exception>
    ValueTask<T> PutAsync(T record, CancellationToken cancellationToken = default);

    /// <summary>Reads a record, changes it and writes it back.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="change">
    /// Makes the new record from the old one, with the same key; null declines, and leaves the
    /// record as it is. It may run several times.
    /// </param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    /// <returns>
    /// The record as written; null where nothing was written, because no record has that key or the
    /// change has declined.
    /// </returns>
    /// <exception cref="ArgumentException">The new record has another key.</exception>
    /// <exception cref="UniqueIndexException">
    /// Another record has the value of a unique index.
    /// </exception>
    /// <exception cref="MementoException">
    /// The table is a bag, where a key has several records.
    /// </exception>
    ValueTask<T?> UpdateAsync(
        object key, Func<T, T?> change, CancellationToken cancellationToken = default);

    /// <summary>Changes the record of a key, or writes one where there is none.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="insert">
    /// Makes the record where there is none, with this key. It may run several times.
    /// </param>
    /// <param name="update">
    /// Makes the new record from the old one, with the same key; null leaves it as it is. It may
    /// run several times.
    /// </param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    /// <inheritdoc
    /// cref="ITransaction.UpsertAsync{T}(object, Func{T}, Func{T, T}, CancellationToken)"
    /// path="/returns|/exception"/>
    ValueTask<T> UpsertAsync(
        object key,
        Func<T> insert,
        Func<T, T?> update,
        CancellationToken cancellationToken = default);

    /// <summary>Changes the record of a key, or writes the given one where there is none.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="insert">The record that is written where there is none, with this key.</param>
    /// <inheritdoc
    /// cref="UpsertAsync(object, Func{T}, Func{T, T}, CancellationToken)"
    /// path="/returns|/exception"/>
    /// <param name="update">
    /// Makes the new record from the old one, with the same key; null leaves it as it is. It may
    /// run several times.
    /// </param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    ValueTask<T> UpsertAsync(
        object key, T insert, Func<T, T?> update, CancellationToken cancellationToken = default);

    /// <summary>Deletes all records of a key.</summary>
    /// <param name="key">The key, of the key property's type, a tuple for a composite key.</param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    /// <returns>Whether there was any.</returns>
    ValueTask<bool> DeleteAsync(object key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads the records that satisfy a predicate; of an ordered set in key order.
    /// </summary>
    /// <param name="where">The predicate.</param>
    /// <param name="limit">How many records to give at the most, 1 or more; null for all.</param>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The predicate has a part that the store cannot evaluate.
    /// </exception>
    ValueTask<IReadOnlyList<T>> WhereAsync(
        Expression<Func<T, bool>> where,
        int? limit = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins a query. Each of its calls that gives results, deletes or changes is a transaction of
    /// its own, or joins the one that is running; in a snapshot, reads see the snapshot. Only here
    /// there are <see cref="ITableQuery{T}.DeleteInBatchesAsync"/> and
    /// <see cref="ITableQuery{T}.UpdateInBatchesAsync"/>.
    /// </summary>
    /// <remarks>
    /// What needs a body is refused: <see cref="ITableQuery{T}.ForUpdate"/>, whose locks would end
    /// with the call, and <see cref="IQuery{TResult}.AsAsyncEnumerable"/>.
    /// </remarks>
    ITableQuery<T> Query();

    /// <summary>Counts the records of the table.</summary>
    /// <param name="cancellationToken">Aborts the transaction.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes any number of records in bounded memory. Each batch is one transaction, all or
    /// nothing.
    /// </summary>
    /// <param name="records">The records.</param>
    /// <param name="batchSize">How many records a batch has, 1 to 100,000.</param>
    /// <param name="progress">
    /// Called after each batch with the number of records written so far.
    /// </param>
    /// <param name="cancellationToken">
    /// Stops the call; the batch that is being written is not kept.
    /// </param>
    /// <returns>How many records were written.</returns>
    /// <exception cref="PutManyException">
    /// A batch, the source or the progress callback failed. The batches before stay; the error says
    /// where the call stopped.
    /// </exception>
    /// <exception cref="PutManyCanceledException">
    /// The call was cancelled. The batches before stay; the error says where the call stopped.
    /// </exception>
    /// <exception cref="MementoException">The call is inside a transaction.</exception>
    ValueTask<long> PutManyAsync(
        IAsyncEnumerable<T> records,
        int batchSize = 1000,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default);
}
