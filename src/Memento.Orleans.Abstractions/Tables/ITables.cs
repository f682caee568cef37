using System.Linq.Expressions;

namespace Memento;

/// <summary>
/// Makes, removes and describes tables. None of it is transactional: inside a transaction these
/// calls throw <see cref="MementoException"/>.
/// </summary>
public interface ITables
{
    /// <summary>
    /// Makes the table of a registered type, empty. Of a deletion that failed half way it first
    /// does the rest.
    /// </summary>
    /// <exception cref="TableExistsException">It exists.</exception>
    /// <exception cref="InvalidTableException">The type is not a valid table.</exception>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task CreateAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Removes a table with its records, after the transactions that use it.</summary>
    /// <exception cref="TableNotFoundException">It does not exist.</exception>
    /// <exception cref="StorageException">
    /// The storage refused. The table may be gone already while its records still take room: call
    /// it again, or make the table again; the next start does the rest too.
    /// </exception>
    Task DeleteAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Removes all records of a table, all or none.</summary>
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
    /// <param name="types">The record types; every registered one where none is given.</param>
    /// <exception cref="TimeoutException">They were not ready in time; says which.</exception>
    Task WaitAsync(TimeSpan timeout, params Type[] types);

    /// <summary>Waits until tables exist and all their partitions are loaded.</summary>
    /// <param name="timeout">How long to wait at the most.</param>
    /// <param name="types">The record types; every registered one where there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">They were not ready in time; says which.</exception>
    Task WaitAsync(
        TimeSpan timeout, IReadOnlyCollection<Type> types, CancellationToken cancellationToken);

    /// <summary>
    /// Adds an index to a table, filled or not, while others use it: reads go on, writes wait until
    /// the index is built. It stays over restarts, until it is removed or the table is deleted.
    /// </summary>
    /// <param name="property">The property's name.</param>
    /// <param name="unique">Whether two records may not have the same value.</param>
    /// <param name="cancellationToken">Ends the wait; the index may be added all the same.</param>
    /// <exception cref="ArgumentException">
    /// There is no such property, or it cannot be indexed.
    /// </exception>
    /// <exception cref="UniqueIndexException">Two records have the same value.</exception>
    /// <exception cref="TableNotFoundException">The table does not exist.</exception>
    /// <exception cref="StorageException">
    /// The storage refused, and nothing is left of the index.
    /// </exception>
    /// <exception cref="MementoException">
    /// The table has the index; or the storage refused, and what there is of the index could not be
    /// removed. Call it again: it begins anew, or says that the index is there, which has all
    /// records then.
    /// </exception>
    Task AddIndexAsync<T>(
        string property, bool unique = false, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Adds an index on several properties.</summary>
    /// <param name="properties">Their names, in the order of the index.</param>
    /// <param name="unique">Whether two records may not have the same values.</param>
    /// <param name="cancellationToken">Ends the wait; the index may be added all the same.</param>
    /// <inheritdoc cref="AddIndexAsync{T}(string, bool, CancellationToken)" path="/exception"/>
    Task AddIndexAsync<T>(
        IReadOnlyList<string> properties,
        bool unique = false,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <inheritdoc cref="AddIndexAsync{T}(string, bool, CancellationToken)" path="/summary|/exception"/>
    /// <param name="property">The property.</param>
    /// <param name="unique">Whether two records may not have the same value.</param>
    /// <param name="cancellationToken">Ends the wait; the index may be added all the same.</param>
    Task AddIndexAsync<T>(
        Expression<Func<T, object?>> property,
        bool unique = false,
        CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>
    /// Removes an index once the transactions that use the table have ended. One that the type or
    /// the options declare is back at the next start.
    /// </summary>
    /// <param name="property">The property's name.</param>
    /// <param name="cancellationToken">
    /// Ends the wait; the index may be removed all the same.
    /// </param>
    /// <exception cref="ArgumentException">The table has no such index.</exception>
    /// <exception cref="TableNotFoundException">The table does not exist.</exception>
    Task RemoveIndexAsync<T>(string property, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Removes an index on several properties.</summary>
    /// <param name="properties">Their names, in the order of the index.</param>
    /// <param name="cancellationToken">
    /// Ends the wait; the index may be removed all the same.
    /// </param>
    /// <inheritdoc cref="RemoveIndexAsync{T}(string, CancellationToken)" path="/exception"/>
    Task RemoveIndexAsync<T>(
        IReadOnlyList<string> properties, CancellationToken cancellationToken = default)
        where T : class;

    /// <inheritdoc cref="RemoveIndexAsync{T}(string, CancellationToken)" path="/summary|/exception"/>
    /// <param name="property">The property.</param>
    /// <param name="cancellationToken">
    /// Ends the wait; the index may be removed all the same.
    /// </param>
    Task RemoveIndexAsync<T>(
        Expression<Func<T, object?>> property, CancellationToken cancellationToken = default)
        where T : class;
}
