namespace Memento.Tests.TwoPhase;

/// <summary>
/// Money in a transactional state, and methods of each transaction option. The ones with an account
/// add to the state and to the record.
/// </summary>
public interface ITill : IGrainWithStringKey
{
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddAsync(long amount);

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> ReadAsync();

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<Guid> CreateOrJoinAsync(int account, bool isOnDisk);

    [Transaction(TransactionOption.Create)]
    Task<Guid> CreateAsync(int account, bool isOnDisk);

    [Transaction(TransactionOption.Join)]
    Task<Guid> JoinAsync(int account, bool isOnDisk);

    /// <summary>Without a transaction it begins one of its own.</summary>
    [Transaction(TransactionOption.Supported)]
    Task<Guid> SupportedAsync(int account, bool isOnDisk);

    /// <summary>It changes the record alone, in a transaction of its own.</summary>
    [Transaction(TransactionOption.Suppress)]
    Task<Guid> SuppressAsync(int account, bool isOnDisk);

    /// <summary>It changes the record alone, in a transaction of its own.</summary>
    [Transaction(TransactionOption.NotAllowed)]
    Task<Guid> NotAllowedAsync(int account, bool isOnDisk);

    /// <summary>Another till does it, in the same transaction.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<Guid> PassOnAsync(string other, int account, bool isOnDisk);

    /// <summary>Adds to both, and throws what no serializer knows.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task FailAsync(int account, bool isOnDisk);

    /// <summary>Adds to both, and aborts by Memento.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AbortAsync(int account, bool isOnDisk);
}
