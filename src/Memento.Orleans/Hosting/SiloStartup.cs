using Memento.Catalog;
using Memento.Diagnostics.Inspection;
using Memento.Journaling;
using Memento.Participants;
using Memento.Storage;
using Memento.Tables;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Orleans.Transactions;

namespace Memento.Hosting;

/// <summary>
/// Starts Memento with its silo: opens the storage before any grain runs, makes missing tables when
/// the silo is active, and stops the journal after the grains.
/// </summary>
internal sealed class SiloStartup(
    IServiceProvider services,
    DurableStorage storage,
    Journal journal,
    TableRegistry tables,
    KnownTables known,
    TransactionSweeper sweeper,
    StoreLifetime lifetime,
    JoinWatch joining,
    LateIntroduction introduction,
    StoreGauges gauges,
    IOptions<MementoOptions> options,
    ILogger<SiloStartup> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Before grain storage and grains; stopped after them.</summary>
    private const int StorageStage = ServiceLifecycleStage.RuntimeInitialize;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(
            $"{nameof(SiloStartup)}.Storage", StorageStage, OpenStorageAsync, CloseStorageAsync);
        lifecycle.Subscribe(
            $"{nameof(SiloStartup)}.Tables",
            ServiceLifecycleStage.Active,
            EnsureTablesAsync,
            BeginStopAsync);

        StoreDirectoryServices.Participate(services, lifecycle);
        var catalog = services.GetRequiredKeyedService<IGrainStorage>(MementoStorage.Name);
        (catalog as ILifecycleParticipant<ISiloLifecycle>)?.Participate(lifecycle);
    }

    private async Task OpenStorageAsync(CancellationToken cancellationToken)
    {
        AgentCheck.ThrowIfReplaced(services.GetRequiredService<ITransactionAgent>());
        _ = options.Value;
        if (storage.Journal is { OpensInActiveSilo: false })
            await OpenAsync(storage.Journal, cancellationToken);

        gauges.Register();
        sweeper.Start();
        lifetime.Start();
        joining.Begin();
    }

    private async Task OpenAsync(IJournalStorage journal, CancellationToken cancellationToken)
    {
        await journal.OpenAsync(cancellationToken);
        StorageLog.Opened(logger, journal.Description);
    }

    private async Task EnsureTablesAsync(CancellationToken cancellationToken)
    {
        joining.End();
        await introduction.TryAsync();
        List<(TableDefinition Table, IndexInfo Index, bool IsDeclared)> unfilled;
        try
        {
            if (storage.Journal is { OpensInActiveSilo: true })
                await OpenAsync(storage.Journal, cancellationToken);
            unfilled = await LearnTablesAsync(cancellationToken);
            known.Set();
        }
        catch (Exception exception)
        {
            known.Fail(exception);
            throw;
        }

        var indexes = services.GetRequiredService<IndexBuilder>();
        foreach ((TableDefinition table, IndexInfo index, bool isDeclared) in unfilled)
            await indexes.AddAsync(table, index, isDeclared);

        HostingLog.Started(logger, tables.Tables.Count);
    }

    /// <summary>
    /// Makes missing tables, and reads the indexes of all tables. Returns the new unique indexes,
    /// which have to be filled.
    /// </summary>
    private async Task<List<(TableDefinition Table, IndexInfo Index, bool IsDeclared)>>
        LearnTablesAsync(CancellationToken cancellationToken)
    {
        ICatalogGrain catalog = services.GetRequiredService<IGrainFactory>()
            .GetGrain<ICatalogGrain>(CatalogGrain.Key);
        List<(TableDefinition Table, IndexInfo Index, bool IsDeclared)> unfilled = [];
        foreach (TableDefinition table in tables.Tables)
        {
            EnsureResponse ensured = await lifetime.AskAsync(
                () => catalog.EnsureAsync(table.ToSchema()), cancellationToken);
            if (ensured.Problems.Count > 0)
            {
                throw new InvalidTableException(
                    table.RecordType.Name,
                    property: null,
                    $"the table '{table.Name}' exists and is different: "
                    + $"{string.Join("; ", ensured.Problems)}. Change the type back, or give the "
                    + "new table another name.");
            }

            IndexInfo[] wanted =
                [.. table.Indexes.Select(static index => index.Info), .. ensured.Added];
            unfilled.AddRange(wanted.Where(IsUnfilled).Select(
                index => (table, index, !ensured.Added.Contains(index))));
            table.UseIndexes(wanted.Where(index => !IsUnfilled(index)));

            bool IsUnfilled(IndexInfo index) => index.Unique
                && ensured.Unfilled.Contains(index.Name);
        }

        return unfilled;
    }

    /// <summary>
    /// Before the grains stop: each waits for the appended commits of its partition.
    /// </summary>
    private Task BeginStopAsync(CancellationToken cancellationToken)
    {
        journal.EndDoubt();
        return Task.CompletedTask;
    }

    private async Task CloseStorageAsync(CancellationToken cancellationToken)
    {
        joining.End();
        lifetime.Stop();
        await sweeper.StopAsync();
        await journal.DisposeAsync();
        if (storage.Journal is not null) await storage.Journal.DisposeAsync();
    }
}
