namespace Memento.CrashChild;

/// <summary>Begins transactions over wallets and tables in a silo.</summary>
public interface IClusterTeller : IGrainWithIntegerKey
{
    /// <summary>Carries a move out in a body of the silo.</summary>
    /// <returns>Whether it was kept; null: in doubt.</returns>
    Task<bool?> MoveInBodyAsync(ClusterMove move);

    /// <summary>Calls the wallet from the silo, without a transaction around the call.</summary>
    Task MoveByWalletAsync(ClusterMove move);

    /// <summary>What each place has, by a body of the silo.</summary>
    Task<long[]> ReadInBodyAsync(bool hasRam);

    /// <summary>What each place has, by a transaction of the call.</summary>
    [Transaction(TransactionOption.CreateOrJoin)]
    Task<long[]> ReadAsync(bool hasRam);
}

/// <summary>Carries out <see cref="IClusterTeller"/>.</summary>
[Orleans.Concurrency.Reentrant]
public sealed class ClusterTeller(IMemento memento) : Grain, IClusterTeller
{
    /// <summary>So short that the caller is told before it gives the call up.</summary>
    private static readonly TransactionOptions Options = new()
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    public async Task<bool?> MoveInBodyAsync(ClusterMove move)
    {
        ArgumentNullException.ThrowIfNull(move);
        try
        {
            await memento.TransactionAsync(tx => move.CarryOutAsync(tx, GrainFactory), Options);
            return true;
        }
        catch (TransactionInDoubtException)
        {
            return null;
        }
        catch (Exception exception) when (ClusterGrains.MayFailWith(exception))
        {
            return false;
        }
    }

    public Task MoveByWalletAsync(ClusterMove move)
    {
        ArgumentNullException.ThrowIfNull(move);
        return GrainFactory.GetGrain<IClusterWallet>(move.FirstWallet).MoveAsync(move);
    }

    public Task<long[]> ReadInBodyAsync(bool hasRam)
        => memento.TransactionAsync(
            tx => ClusterMove.ReadAllAsync(tx, GrainFactory, hasRam), Options);

    public Task<long[]> ReadAsync(bool hasRam)
        => ClusterMove.ReadAllAsync(memento.Current!, GrainFactory, hasRam);
}
