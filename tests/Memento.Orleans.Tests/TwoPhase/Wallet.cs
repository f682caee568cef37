using Memento.Tests.Conformance;
using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.TwoPhase;

[Reentrant]
public sealed class Wallet(
    IMemento memento,
    [TransactionalState("purse", SharedStates.Name)] ITransactionalState<Purse> purse)
    : Grain, IWallet
{
    private ITransaction Current
        => memento.Current ?? throw new InvalidOperationException("There is no transaction.");

    public Task AddAsync(long amount) => purse.PerformUpdate(state => state.Amount += amount);

    public Task<long> ReadAsync() => purse.PerformRead(static state => state.Amount);

    public async Task PayIntoAsync(int account, long amount, bool isOnDisk)
    {
        await AddAsync(-amount);
        await Money.AddAsync(Current, account, amount, isOnDisk);
    }

    public Task<Guid> CreateOrJoinAsync(int account, Parts parts) => DoAsync(account, parts);

    public Task<Guid> CreateAsync(int account, Parts parts) => DoAsync(account, parts);

    public Task<Guid> JoinAsync(int account, Parts parts) => DoAsync(account, parts);

    public Task<Guid> SupportedAsync(int account, Parts parts)
        => memento.Current is null ? DoAloneAsync(account, parts) : DoAsync(account, parts);

    public Task<Guid> SuppressAsync(int account, Parts parts) => DoAloneAsync(account, parts);

    public Task<Guid> NotAllowedAsync(int account, Parts parts) => DoAloneAsync(account, parts);

    public async Task<Guid> PassOnAsync(string other, int account, Parts parts)
    {
        if (parts.HasStates()) await AddAsync(1);
        return await GrainFactory.GetGrain<IWallet>(other).JoinAsync(account, parts);
    }

    public async Task FailAsync(int account, Parts parts)
    {
        await DoAsync(account, parts);
        throw new PlainException("The wallet is shut.");
    }

    public async Task AbortAsync(int account, Parts parts)
    {
        await DoAsync(account, parts);
        Current.Abort("The wallet is shut.");
    }

    public async Task NestAsync(int account, Parts outside, Parts inside)
    {
        await DoAsync(account, outside);
        await Current.TryNestedAsync(async inner =>
        {
            await DoAsync(account, inside);
            inner.Abort("The wallet is shut.");
        });
    }

    public Task<(long State, long Record)> LookAsync(int account, Parts parts)
        => ReadBothAsync(account, parts);

    public Task AddAlthoughReadOnlyAsync(int account, Parts parts) => DoAsync(account, parts);

    public async Task ReadAndAddAsync(int account, Parts parts)
    {
        await ReadBothAsync(account, parts);
        await DoAsync(account, parts);
    }

    public Task ReadExclusivelyAndAddAsync(int account, Parts parts)
        => ReadAndAddAsync(account, parts);

    public async Task<(long State, long Record)> ReadBothAsync(int account, Parts parts)
        => (
            parts.HasStates() ? await ReadAsync() : 0,
            parts.HasRecords() ? await Money.ReadAsync(Current, account, parts.AreOnDisk()) : 0);

    public Task<(long State, long Record)> ReadExclusivelyAsync(int account, Parts parts)
        => ReadBothAsync(account, parts);

    public async Task AddLateAsync(int account, Parts parts, TimeSpan after)
    {
        await Task.Delay(after);
        await DoAsync(account, parts);
    }

    private async Task<Guid> DoAsync(int account, Parts parts)
    {
        ITransaction tx = Current;
        if (parts.HasStates()) await AddAsync(1);
        if (parts.HasRecords()) await Money.AddAsync(tx, account, 1, parts.AreOnDisk());
        return tx.Id;
    }

    private async Task<Guid> DoAloneAsync(int account, Parts parts)
    {
        Assert.Null(memento.Current);
        return await memento.TransactionAsync(async tx =>
        {
            if (parts.HasRecords()) await Money.AddAsync(tx, account, 1, parts.AreOnDisk());
            return tx.Id;
        });
    }
}

[GenerateSerializer]
public sealed class Purse
{
    [Id(0)]
    public long Amount { get; set; }
}
