using Memento.Diagnostics.Inspection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Memento;

/// <summary>Adds Memento to the health checks of a host.</summary>
public static class MementoHealthChecksBuilderExtensions
{
    /// <summary>How long the check waits for the storage, or a client for a silo.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds a check whether transactions can be run. In a silo: the store has started, the durable
    /// storage answers, the journal can write, and no partition failed to load. In a client: a silo
    /// answers. Call <c>AddMemento</c> on the silo or the client of the same host too.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">
    /// The status if no transaction can run; null: unhealthy. If only some partitions cannot be
    /// loaded, or the storage is slow, the status is degraded.
    /// </param>
    /// <param name="tags">The tags of the check.</param>
    /// <param name="timeout">
    /// After how long it has failed; null: <see cref="DefaultTimeout"/>.
    /// </param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddMemento(
        this IHealthChecksBuilder builder,
        string name = "memento",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name,
            static provider => provider.GetRequiredService<StoreHealthCheck>(),
            failureStatus,
            tags,
            timeout ?? DefaultTimeout));
    }
}
