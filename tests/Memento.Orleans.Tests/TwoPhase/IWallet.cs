using Orleans.Concurrency;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Money in a transactional state of Orleans; the key is the owner. The methods with parts add 1 to
/// the state, and to the record of an account, as far as these take part.
/// </summary>
public interface IWallet : IGrainWithStringKey
{
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddAsync(long amount);

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> ReadAsync();

    /// <summary>Moves money to an account of a table, within one grain call.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task PayIntoAsync(int account, long amount, bool isOnDisk);

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<Guid> CreateOrJoinAsync(int account, Parts parts);

    [Transaction(TransactionOption.Create)]
    Task<Guid> CreateAsync(int account, Parts parts);

    [Transaction(TransactionOption.Join)]
    Task<Guid> JoinAsync(int account, Parts parts);

    /// <summary>Without a transaction it begins one of its own, for the record alone.</summary>
    [Transaction(TransactionOption.Supported)]
    Task<Guid> SupportedAsync(int account, Parts parts);

    /// <summary>It changes the record alone, in a transaction of its own.</summary>
    [Transaction(TransactionOption.Suppress)]
    Task<Guid> SuppressAsync(int account, Parts parts);

    /// <summary>It changes the record alone, in a transaction of its own.</summary>
    [Transaction(TransactionOption.NotAllowed)]
    Task<Guid> NotAllowedAsync(int account, Parts parts);

    /// <summary>Another wallet does it, in the same transaction.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<Guid> PassOnAsync(string other, int account, Parts parts);

    /// <summary>Adds, and throws what no serializer knows.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task FailAsync(int account, Parts parts);

    /// <summary>Adds, and aborts by Memento.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AbortAsync(int account, Parts parts);

    /// <summary>Adds, and adds again in a nested body that is given up.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task NestAsync(int account, Parts outside, Parts inside);

    /// <summary>Reads in a transaction that only reads.</summary>
    [ReadOnly]
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<(long State, long Record)> LookAsync(int account, Parts parts);

    /// <summary>Adds in a transaction that only reads.</summary>
    [ReadOnly]
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddAlthoughReadOnlyAsync(int account, Parts parts);

    /// <summary>Reads, and then adds.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task ReadAndAddAsync(int account, Parts parts);

    /// <summary>The same, where what is read is locked for writing.</summary>
    [UseExclusiveLock]
    [Transaction(TransactionOption.CreateOrJoin)]
    Task ReadExclusivelyAndAddAsync(int account, Parts parts);

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<(long State, long Record)> ReadBothAsync(int account, Parts parts);

    [UseExclusiveLock]
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<(long State, long Record)> ReadExclusivelyAsync(int account, Parts parts);

    /// <summary>Adds after a while.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddLateAsync(int account, Parts parts, TimeSpan after);
}
