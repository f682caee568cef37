namespace Memento.Tests.TwoPhase;

/// <summary>
/// An application's grain that uses its own transactional state first, so that Orleans' agent makes
/// it the manager, and then tables.
/// </summary>
public interface IVaultGrain : IGrainWithStringKey
{
    /// <summary>Adds to the state, and to a coin and a bill of the same name.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddAsync(string name, long amount);

    /// <summary>The same in ram alone.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddCoinAsync(string name, long amount);

    /// <summary>The same on disk alone.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddBillAsync(string name, long amount);

    /// <summary>Adds to all, and then fails.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task FailAsync(string name, long amount);

    /// <summary>Changes the state by what is in the tables, and them not.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task CopyAsync(string name);

    /// <summary>Reads the state, the coin and the bill.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<(long State, long Coin, long Bill)> ReadAsync(string name);

    /// <summary>Reads the state alone.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> BalanceAsync();
}
