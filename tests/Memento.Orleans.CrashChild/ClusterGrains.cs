using System.Data.Common;
using Orleans.Configuration;
using Orleans.Serialization;
using StackExchange.Redis;

namespace Memento.CrashChild;

/// <summary>The transactional grains of the silos of a cluster of processes.</summary>
public static class ClusterGrains
{
    /// <summary>The name of the grain storage of their states.</summary>
    public const string Storage = "wallets";

    /// <summary>
    /// Keeps their states by Orleans' own provider, where the records are. On PostgreSQL somebody
    /// has to make the tables of the provider before.
    /// </summary>
    public static void AddTo(ISiloBuilder silo, string storage, string place)
    {
        if (storage == CrashStorage.Redis)
        {
            silo.AddRedisGrainStorage(Storage, options =>
                options.ConfigurationOptions = ConfigurationOptions.Parse(place));
        }
        else
        {
            silo.AddAdoNetGrainStorage(Storage, options =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = place;
            });
        }

        // A wallet whose manager has died asks after a minute by default. Here a silo dies more
        // often than that.
        silo.Configure<TransactionalStateOptions>(static options =>
        {
            options.RemoteTransactionPingFrequency = TimeSpan.FromSeconds(2);
            options.ConfirmationRetryDelay = TimeSpan.FromSeconds(2);
        });
    }

    /// <summary>
    /// Whether a body may end with an exception, because silos die and storages fail: that of the
    /// store, of Orleans, or of the storage of a wallet. Orleans says that it has no codec where it
    /// cannot send the error of a storage.
    /// </summary>
    public static bool MayFailWith(Exception exception)
        => exception is MementoException or OrleansException or TimeoutException or DbException
            or RedisException or OperationCanceledException or CodecNotFoundException;
}
