using Memento.Tests.Conformance;
using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.TwoPhase;

[Reentrant]
public sealed class Till(
    IMemento memento,
    [TransactionalState("till", SharedStates.Name)] ITransactionalState<Purse> purse)
    : Grain, ITill
{
    public Task AddAsync(long amount) => purse.PerformUpdate(state => state.Amount += amount);

    public Task<long> ReadAsync() => purse.PerformRead(static state => state.Amount);

    public Task<Guid> CreateOrJoinAsync(int account, bool isOnDisk) => BothAsync(account, isOnDisk);

    public Task<Guid> CreateAsync(int account, bool isOnDisk) => BothAsync(account, isOnDisk);

    public Task<Guid> JoinAsync(int account, bool isOnDisk) => BothAsync(account, isOnDisk);

    public Task<Guid> SupportedAsync(int account, bool isOnDisk)
        => memento.Current is null ? RecordAsync(account, isOnDisk) : BothAsync(account, isOnDisk);

    public Task<Guid> SuppressAsync(int account, bool isOnDisk) => RecordAsync(account, isOnDisk);

    public Task<Guid> NotAllowedAsync(int account, bool isOnDisk) => RecordAsync(account, isOnDisk);

    public async Task<Guid> PassOnAsync(string other, int account, bool isOnDisk)
    {
        await AddAsync(1);
        return await GrainFactory.GetGrain<ITill>(other).JoinAsync(account, isOnDisk);
    }

    public async Task FailAsync(int account, bool isOnDisk)
    {
        await BothAsync(account, isOnDisk);
        throw new PlainException("The till is shut.");
    }

    public async Task AbortAsync(int account, bool isOnDisk)
    {
        await BothAsync(account, isOnDisk);
        memento.Current!.Abort("The till is shut.");
    }

    private async Task<Guid> BothAsync(int account, bool isOnDisk)
    {
        ITransaction tx = memento.Current
            ?? throw new InvalidOperationException("There is no transaction.");
        await AddAsync(1);
        await Money.AddAsync(tx, account, 1, isOnDisk);
        return tx.Id;
    }

    private async Task<Guid> RecordAsync(int account, bool isOnDisk)
    {
        Assert.Null(memento.Current);
        return await memento.TransactionAsync(async tx =>
        {
            await Money.AddAsync(tx, account, 1, isOnDisk);
            return tx.Id;
        });
    }
}
