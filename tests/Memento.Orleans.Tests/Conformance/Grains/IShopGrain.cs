namespace Memento.Tests.Conformance.Grains;

/// <summary>An application's grain that uses tables in its transactional methods.</summary>
public interface IShopGrain : IGrainWithStringKey
{
    /// <summary>Writes to two tables; gives the number of the ticket.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> SellAsync(string name, long value);

    /// <summary>Writes and then fails.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task FailAsync(string name);

    /// <summary>Writes and then calls Abort.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AbortAsync(string name);

    /// <summary>Increments with a nested transaction that aborts in the middle.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> IncrementAsync(string name);

    /// <summary>Asks another shop, in the same transaction.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> SellThroughAsync(string other, string name);

    /// <summary>Writes to a table and to the grain's own transactional state.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task SellAndCountAsync(string name);

    /// <summary>Uses the grain's own transactional state only.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<int> CountAsync();

    /// <summary>Reads the grain's own transactional state.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<int> ReadCountAsync();

    /// <summary>
    /// Writes, registers callbacks and gives the run of the body, or fails afterwards.
    /// </summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<int> CallBackAsync(string name, bool fails);

    /// <summary>Writes and asks for a snapshot; gives the error.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<string> AskForSnapshotAsync(string name);

    /// <summary>The run of the body, as the grain knows it.</summary>
    [Transaction(TransactionOption.Join)]
    Task<int> AttemptAsync();

    /// <summary>What its callbacks have done, in the grain's own scheduler.</summary>
    Task<List<string>> TakeCalledBackAsync();

    /// <summary>Runs a transaction of its own in a method that is not transactional.</summary>
    Task<bool> SellAloneAsync(string name);

    /// <summary>
    /// Runs a body that goes on after its time limit, and writes then. Gives the error of that.
    /// </summary>
    Task<string> GoOnAloneAsync(string name);

    /// <summary>The same with a body that counts in another shop.</summary>
    Task<string> CallAloneAsync(string other);
}
