using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Memento.CrashChild;

/// <summary>Money in a transactional state of Orleans.</summary>
public interface IClusterWallet : IGrainWithIntegerKey
{
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AddAsync(long amount);

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long> ReadAsync();

    /// <summary>Moves money from here or to here, within one grain call.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task MoveAsync(ClusterMove move);
}

/// <summary>Carries out <see cref="IClusterWallet"/>.</summary>
[Reentrant]
public sealed class ClusterWallet(
    IMemento memento,
    [TransactionalState("purse", ClusterGrains.Storage)] ITransactionalState<ClusterPurse> purse)
    : Grain, IClusterWallet
{
    public Task AddAsync(long amount) => purse.PerformUpdate(state => state.Amount += amount);

    public Task<long> ReadAsync() => purse.PerformRead(static state => state.Amount);

    public Task MoveAsync(ClusterMove move)
    {
        ArgumentNullException.ThrowIfNull(move);
        return move.CarryOutAsync(
            memento.Current!,
            (place, change) => place == this.GetPrimaryKeyLong()
                ? AddAsync(change)
                : GrainFactory.GetGrain<IClusterWallet>(place).AddAsync(change));
    }
}

/// <summary>The state of a wallet.</summary>
[GenerateSerializer]
public sealed class ClusterPurse
{
    [Id(0)] public long Amount { get; set; }
}
