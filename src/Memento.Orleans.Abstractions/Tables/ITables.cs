using System.Linq.Expressions;

namespace Memento;

/// <summary>
/// Makes, removes and describes tables. No call is part of a transaction: inside a transaction,
/// these calls throw <see cref="MementoException"/>.
/// </summary>
public interface ITables
{
    /// <summary>
    /// Makes an empty table for a registered type. If a deletion of the table failed half way, this
    /// call first finishes the deletion.
    /// </summary>
    /// <exception cref="TableExistsException">It exists.</exception>
    /// <exception cref="InvalidTableException">The type is not a valid table.</exception>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task CreateAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Removes a table with its records, after the transactions that use it have ended.
    /// </summary>
    /// <exception cref="TableNotFoundException">It does not exist.</exception>
    /// <exception cref="StorageException">
    /// The storage refused. The table may be gone already, while its records still take room. Call
    /// this again, or make the table again, to finish the deletion; the next start finishes it too.
    /// </exception>
    Task DeleteAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Removes all records of a table, in one step.</summary>
    /// <exception cref="TableNotFoundException">It does not exist.</exception>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task ClearAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Describes a table.</summary>
    /// <exception cref="TableNotFoundException">It does not exist.</exception>
    Task<TableInfo> InfoAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>The names of the tables that exist, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until tables exist and all their partitions are loaded.</summary>
    /// <param name="timeout">How long to wait at the most.</param>
    /// <param name="types">The record types; every registered type where none is given.</param>
    /// <exception cref="TimeoutException">
    /// A table was not ready in time; the error says which.
    /// </exception>
    Task WaitAsync(TimeSpan timeout, params Type[] types);

    /// <summary>Waits until tables exist and all their partitions are loaded.</summary>
    /// <param name="timeout">How long to wait at the most.</param>
    /// <param name="types">The record types; every registered type where the list is empty.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">
    /// A table was not ready in time; the error says which.
    /// </exception>
    Task WaitAsync(
        TimeSpan timeout, IReadOnlyCollection<Type> types, CancellationToken cancellationToken);

    /// <summary>
    /// Adds an index to a table that may have records and may be in use. Reads go on; writes wait
    /// until the index is built. The index stays after a restart, until it is removed or the table
    /// is deleted.
    /// </summary>
    /// <param name="property">The property's name.</param>
    /// <param name="unique">Whether two records must not have the same value.</param>
    /// <param name="cancellationToken">Ends the wait; the index may still be added.</param>
    /// <exception cref="ArgumentException">
    /// There is no such property, or it cannot be indexed.
    /// </exception>
    /// <exception cref="UniqueIndexException">Two records have the same value.</exception>
    /// <exception cref="TableNotFoundException">The table does not exist.</exception>
    /// <exception cref="StorageException">
    /// The storage refused. Nothing is left of the index.
    /// </exception>
    /// <exception cref="MementoException">
    /// The table has the index already. Or the storage refused, and a part of the index could not
    /// be removed. Then call this again: it either builds the index anew, or says that the index
    /// exists, and the index has all records.
    /// </exception>
    Task AddIndexAsync<T>(
        string property, bool unique = false, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Adds an index on several properties.</summary>
    /// <param name="properties">Their names, in the order of the index.</param>
    /// <param name="unique">Whether two records must not have the same values.</param>
    /// <param name="cancellationToken">Ends the wait; the index may still be added.</param>
    /// <inheritdoc cref="AddIndexAsync{T}(string, bool, CancellationToken)" path="/exception"/>
    Task AddIndexAsync<T>(
        IReadOnlyList<string> properties,
        bool unique = false,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <inheritdoc cref="AddIndexAsync{T}(string, bool, CancellationToken)" path="/summary|/exception"/>
    /// <param name="property">The property.</param>
    /// <param name="unique">Whether two records must not have the same value.</param>
    /// <param name="cancellationToken">Ends the wait; the index may still be added.</param>
    Task AddIndexAsync<T>(
        Expression<Func<T, object?>> property,
        bool unique = false,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Removes an index after the transactions that use the table have ended. An index that the
    /// type or the options declare comes back at the next start.
    /// </summary>
    /// <param name="property">The property's name.</param>
    /// <param name="cancellationToken">Ends the wait; the index may still be removed.</param>
    /// <exception cref="ArgumentException">The table has no such index.</exception>
    /// <exception cref="TableNotFoundException">The table does not exist.</exception>
    Task RemoveIndexAsync<T>(string property, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Removes an index on several properties.</summary>
    /// <param name="properties">Their names, in the order of the index.</param>
    /// <param name="cancellationToken">Ends the wait; the index may still be removed.</param>
    /// <inheritdoc cref="RemoveIndexAsync{T}(string, CancellationToken)" path="/exception"/>
    Task RemoveIndexAsync<T>(
        IReadOnlyList<string> properties, CancellationToken cancellationToken = default)
        where T : class;

    /// <inheritdoc cref="RemoveIndexAsync{T}(string, CancellationToken)" path="/summary|/exception"/>
    /// <param name="property">The property.</param>
    /// <param name="cancellationToken">Ends the wait; the index may still be removed.</param>
    Task RemoveIndexAsync<T>(
        Expression<Func<T, object?>> property, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Counts every number up to one as given, so that no record gets it later: an auto-increment
    /// table that was filled from another one goes on above the numbers that were given there.
    /// </summary>
    /// <param name="number">The number, 0 or more; 0 only asks.</param>
    /// <param name="cancellationToken">Ends the wait; the numbers may still be reserved.</param>
    /// <returns>
    /// The number up to which all count as given, durably. Silos reserve numbers ahead, so it may
    /// be above the highest key.
    /// </returns>
    /// <exception cref="ArgumentException">The table does not number its records.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The number is negative, or does not fit into the key.
    /// </exception>
    Task<long> ReserveNumbersAsync<T>(
        long number, CancellationToken cancellationToken = default)
        where T : class;
}
