using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.TwoPhase;

[Reentrant]
public sealed class VaultGrain(
    IMemento memento,
    [TransactionalState("vault", "foreign")] ITransactionalState<VaultState> state)
    : Grain, IVaultGrain
{
    private ITransaction Current
        => memento.Current ?? throw new InvalidOperationException("There is no transaction.");

    public async Task AddAsync(string name, long amount)
    {
        await AddCoinAsync(name, amount);
        await WriteBillAsync(name, amount);
    }

    public async Task AddCoinAsync(string name, long amount)
    {
        await state.PerformUpdate(vault => vault.Balance += amount);
        Coin? coin = await Current.ReadAsync<Coin>(name, LockMode.Write);
        await Current.WriteAsync(new Coin { Name = name, Value = (coin?.Value ?? 0) + amount });
    }

    public async Task AddBillAsync(string name, long amount)
    {
        await state.PerformUpdate(vault => vault.Balance += amount);
        await WriteBillAsync(name, amount);
    }

    public async Task FailAsync(string name, long amount)
    {
        await AddAsync(name, amount);
        throw new InvalidOperationException("The vault is closed.");
    }

    public async Task CopyAsync(string name)
    {
        long value = (await Current.ReadAsync<Coin>(name))?.Value ?? 0;
        await state.PerformUpdate(vault => vault.Balance = value);
    }

    public async Task<(long State, long Coin, long Bill)> ReadAsync(string name)
        => (
            await state.PerformRead(static vault => vault.Balance),
            (await Current.ReadAsync<Coin>(name))?.Value ?? 0,
            (await Current.ReadAsync<Bill>(name))?.Value ?? 0);

    public Task<long> BalanceAsync() => state.PerformRead(static vault => vault.Balance);

    private async Task WriteBillAsync(string name, long amount)
    {
        Bill? bill = await Current.ReadAsync<Bill>(name, LockMode.Write);
        await Current.WriteAsync(new Bill
        {
            Name = name,
            Value = (bill?.Value ?? 0) + amount,
            Serial = $"{name} {(bill?.Value ?? 0) + amount}",
        });
    }
}

/// <summary>The transactional state of a <see cref="VaultGrain"/>.</summary>
[GenerateSerializer]
public sealed class VaultState
{
    [Id(0)]
    public long Balance { get; set; }
}
