using Memento;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Orders;

/// <summary>Puts the application into a silo.</summary>
public static class Accounts
{
    /// <summary>The name of the grain storage with the accounts.</summary>
    internal const string Storage = "accounts";

    /// <summary>Adds the tables.</summary>
    public static IMementoBuilder AddOrders(this IMementoBuilder memento)
        => memento.AddTables(typeof(Order).Assembly);

    /// <summary>Keeps the accounts in the files of a folder.</summary>
    public static ISiloBuilder AddAccounts(this ISiloBuilder silo, string folder)
    {
        silo.Services.AddGrainStorage(
            Storage,
            (services, _) => new FileStorage(
                folder, services.GetRequiredService<IGrainStorageSerializer>()));
        return silo;
    }
}
