using Memento.LogStorage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Memento;

/// <summary>Keeps disk tables in a grain storage of Orleans.</summary>
public static class GrainStorageMementoBuilderExtensions
{
    /// <summary>
    /// Keeps disk tables in a grain storage that is registered in the silo, such as Redis, Azure,
    /// DynamoDB or an ADO.NET database: in a log that all silos of the cluster share, and in
    /// checkpoints behind it. <c>docs/grain-storage.md</c> says what a provider must promise.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">
    /// The name of the grain storage: <c>"redis"</c> of
    /// <c>silo.AddRedisGrainStorage("redis", …)</c>.
    /// </param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="ArgumentException">
    /// The name is empty, or an option is out of its range.
    /// </exception>
    public static IMementoBuilder UseGrainStorage(
        this IMementoBuilder builder,
        string name,
        Action<GrainStorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var options = new GrainStorageOptions();
        configure?.Invoke(options);
        Check(options);
        return builder.UseStorage(services => new GrainJournalStorage(
            services.GetKeyedService<IGrainStorage>(name) ?? throw NotRegistered(name),
            name,
            options,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILogger<GrainJournalStorage>>()));
    }

    private static void Check(GrainStorageOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.StoreName);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxStateBytes, 4 << 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxStateBytes, 16 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CheckpointBytes, 64 << 10);
    }

    private static StorageException NotRegistered(string name) => new(
        $"The silo has no grain storage '{name}', in which disk tables are to be kept. Register it "
        + $"(for example silo.AddRedisGrainStorage(\"{name}\", …)), or name another one in "
        + "UseGrainStorage.");
}
