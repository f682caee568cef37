using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Orders;

/// <summary>Carries out <see cref="IAccount"/>.</summary>
/// <remarks>
/// Reentrant, as every grain in a transaction has to be: the calls that end the transaction come
/// while others run.
/// </remarks>
[Reentrant]
internal sealed class Account(
    [TransactionalState("balance", Accounts.Storage)] ITransactionalState<Balance> balance)
    : Grain, IAccount
{
    public Task DepositAsync(long amount)
        => balance.PerformUpdate(standing => standing.Amount += amount);

    public Task<bool> TryPayAsync(long amount)
        => balance.PerformUpdate(standing =>
        {
            if (standing.Amount < amount) return false;

            standing.Amount -= amount;
            return true;
        });

    public Task<long> GetBalanceAsync()
        => balance.PerformRead(static standing => standing.Amount);
}

/// <summary>The state of an account.</summary>
[GenerateSerializer]
public sealed class Balance
{
    /// <summary>The money.</summary>
    [Id(0)]
    public long Amount { get; set; }
}
