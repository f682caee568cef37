namespace Memento;

/// <summary>
/// Makes, removes and describes tables. None of it is transactional: inside a transaction these calls
/// throw <see cref="MementoException"/>.
/// </summary>
public interface ITables
{
    /// <summary>Makes the table of a registered type.</summary>
    /// <exception cref="TableExistsException">It exists.</exception>
    /// <exception cref="InvalidTableException">The type is not a valid table.</exception>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task CreateAsync<T>(CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Removes a table with its records, after the transactions that use it.</summary>
    /// <exception cref="TableNotFoundException">It does not exist.</exception>
    /// <exception cref="StorageException">The storage refused.</exception>
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
}
