namespace Memento.Tests.TwoPhase;

/// <summary>Money in a transactional state of Orleans; the key is the owner.</summary>
public interface IWallet : IGrainWithStringKey
{
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddAsync(long amount);

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> ReadAsync();

    /// <summary>Moves money to an account of a table, within one grain call.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task PayIntoAsync(int account, long amount, bool isOnDisk);
}
