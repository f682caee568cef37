namespace Orders;

/// <summary>
/// A customer's money: a grain as the application had it before, with Orleans' own transactional
/// state. The key is the customer.
/// </summary>
public interface IAccount : IGrainWithStringKey
{
    /// <summary>Pays money in.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task DepositAsync(long amount);

    /// <summary>Takes money out; false: there is not enough.</summary>
    [Transaction(TransactionOption.Join)]
    Task<bool> TryPayAsync(long amount);

    /// <summary>How much there is.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> GetBalanceAsync();
}
