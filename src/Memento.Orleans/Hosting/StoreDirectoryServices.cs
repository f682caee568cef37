using Memento.Messages;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.GrainDirectory;

namespace Memento.Hosting;

/// <summary>
/// Gives a silo the grain directory of the store's grains: Orleans' distributed directory, which
/// moves its entries when a silo leaves.
/// </summary>
internal static class StoreDirectoryServices
{
    /// <summary>
    /// Adds the directory beside what the application chooses for its own grains, before or after.
    /// </summary>
    /// <remarks>
    /// A silo has one distributed directory, and Orleans gives it only the name of the first call.
    /// So Orleans' services are made aside. The application's call before keeps its services, and
    /// the store's name is added to them. What marks that there was a call is added as a copy, so
    /// that the application's call afterwards is still carried out.
    /// </remarks>
    public static void AddStoreDirectory(this ISiloBuilder silo)
    {
        var aside = new Aside(silo.Configuration);
#pragma warning disable ORLEANSEXP003 // There is no other directory without a service of its own.
        aside.AddDistributedGrainDirectory(StoreDirectory.Name);
#pragma warning restore ORLEANSEXP003
        foreach (ServiceDescriptor each in aside.Services)
        {
            if (each.ServiceType == typeof(ILifecycleParticipant<ISiloLifecycle>)) continue;

            if (each.ServiceType.GenericTypeArguments.Contains(typeof(IGrainDirectory)))
                silo.Services.Add(each); // A name.
            else if (each is { IsKeyedService: false, ImplementationType: { } type }
                && type.IsAssignableTo(typeof(IGrainDirectory)))
                silo.Services.TryAdd(ServiceDescriptor.Singleton(each.ServiceType, type));
            else
                silo.Services.TryAdd(each);
        }

        // First, so that what the application sets counts over it, wherever it stands.
        silo.Services.Insert(
            0,
            ServiceDescriptor.Singleton<IConfigureOptions<GrainDirectoryOptions>>(
                new ConfigureOptions<GrainDirectoryOptions>(WaitForNoDeadSilo)));
    }

    /// <summary>Starts the directory with the silo, if the application does not.</summary>
    public static void Participate(IServiceProvider services, ISiloLifecycle lifecycle)
    {
        var directory = (ILifecycleParticipant<ISiloLifecycle>)services
            .GetRequiredKeyedService<IGrainDirectory>(StoreDirectory.Name);
        if (!services.GetServices<ILifecycleParticipant<ISiloLifecycle>>().Contains(directory))
            directory.Participate(lifecycle);
    }

    /// <summary>
    /// The directory could keep the grains of a dead silo from being made elsewhere for a time.
    /// The owner numbers of the durable storage keep an owner from before out, without waiting.
    /// </summary>
    private static void WaitForNoDeadSilo(GrainDirectoryOptions options)
        => options.RangeLeaseDuration = TimeSpan.Zero;

    private sealed class Aside(IConfiguration configuration) : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();

        public IConfiguration Configuration => configuration;
    }
}
