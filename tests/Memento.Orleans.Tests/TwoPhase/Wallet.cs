using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.TwoPhase;

[Reentrant]
public sealed class Wallet(
    IMemento memento,
    [TransactionalState("purse", SharedStates.Name)] ITransactionalState<Purse> purse)
    : Grain, IWallet
{
    public Task AddAsync(long amount) => purse.PerformUpdate(state => state.Amount += amount);

    public Task<long> ReadAsync() => purse.PerformRead(static state => state.Amount);

    public async Task PayIntoAsync(int account, long amount, bool isOnDisk)
    {
        await AddAsync(-amount);
        await Money.AddAsync(memento.Current!, account, amount, isOnDisk);
    }
}

[GenerateSerializer]
public sealed class Purse
{
    [Id(0)]
    public long Amount { get; set; }
}
