using System.Globalization;
using Memento.Catalog;
using Memento.Journaling;
using Memento.Participants;
using Memento.Partitions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Memento.Diagnostics.Inspection;

/// <summary>
/// Says whether transactions can be run here: the store has started, the durable storage answers,
/// the journal can write, and the partitions can be loaded. A client asks a silo.
/// </summary>
/// <param name="lifetime">Whether the store runs.</param>
/// <param name="transactions">The running transactions.</param>
/// <param name="grains">Reaches the silos.</param>
/// <param name="silo">The parts that only a silo has; null in a client.</param>
internal sealed class StoreHealthCheck(
    StoreLifetime lifetime,
    TransactionRegistry transactions,
    IGrainFactory grains,
    StoreHealthCheck.SiloParts? silo = null) : IHealthCheck
{
    /// <summary>How many partitions that cannot be loaded are named.</summary>
    private const int MostNamed = 3;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Dictionary<string, object> data = new()
        {
            ["memento.transaction.running"] = transactions.RunningCount,
        };
        try
        {
            lifetime.ThrowIfNotRunning();
            if (silo is null)
            {
                await AskSiloAsync(cancellationToken).ConfigureAwait(false);
                return HealthCheckResult.Healthy("A silo answers.", data);
            }

            return await CheckSiloAsync(silo, context, data, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (MementoException error)
        {
            return Failed(context, error.Message, error, data);
        }
    }

    /// <summary>
    /// Looks at the journal first: a storage that is in a batch may answer nothing else meanwhile.
    /// </summary>
    private static async Task<HealthCheckResult> CheckSiloAsync(
        SiloParts silo,
        HealthCheckContext context,
        Dictionary<string, object> data,
        CancellationToken cancellationToken)
    {
        data["memento.journal.queue"] = silo.Journal.QueueLength;
        data["memento.partitions"] = silo.Partitions.All.Count();
        if (silo.Journal.IsInDoubt)
        {
            return Failed(
                context,
                "The durable storage has not said whether its last batch was kept, so nothing can "
                + "be written. Make it reachable.",
                error: null,
                data);
        }

        bool isSlow = silo.Journal.IsSlow;
        if (!isSlow && silo.Storage.Journal is { } storage)
        {
            await storage.CheckAsync(cancellationToken)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        (string Name, string Reason)[] failed = [.. silo.Partitions.Failed.Order()];
        if (failed.Length > 0) return HealthCheckResult.Degraded(Describe(failed), data: data);
        return isSlow
            ? HealthCheckResult.Degraded(
                "The durable storage has been writing a batch for longer than "
                + $"{BatchWatch.SlowBatch.TotalSeconds} s.",
                data: data)
            : HealthCheckResult.Healthy("Storage, journal and partitions work.", data);
    }

    private static HealthCheckResult Failed(
        HealthCheckContext context,
        string description,
        Exception? error,
        Dictionary<string, object> data)
        => new(context.Registration.FailureStatus, description, error, data);

    private static string Describe((string Name, string Reason)[] failed)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{failed.Length} partitions cannot be loaded. ")
            + string.Join(' ', failed.Take(MostNamed)
                .Select(static each => $"{each.Name}: {each.Reason}"));

    private Task<bool> AskSiloAsync(CancellationToken cancellationToken)
        => lifetime.AskAsync(
            () => grains.GetGrain<ICatalogGrain>(CatalogGrain.Key).ExistsAsync(""),
            cancellationToken);

    /// <summary>The parts that only a silo has.</summary>
    internal sealed record SiloParts(
        Journal Journal, PartitionDirectory Partitions, DurableStorage Storage);
}
