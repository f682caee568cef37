using Memento.Catalog;
using Memento.Commit.Mixed;
using Memento.Commit.Prepared;
using Memento.Diagnostics.Inspection;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Silos.HandOver;
using Memento.Silos.Leases;
using Memento.Silos.Members;
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
    LeaseKeeper leases,
    TableRegistry tables,
    KnownTables known,
    TransactionSweeper sweeper,
    StoreLifetime lifetime,
    JoinWatch joining,
    LateIntroduction introduction,
    StoreGauges gauges,
    PartitionMover mover,
    MixedCommits mixed,
    PreparedTransactions prepared,
    IOptions<MementoOptions> options,
    ILogger<SiloStartup> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Before grain storage and grains; stopped after them.</summary>
    private const int StorageStage = ServiceLifecycleStage.RuntimeInitialize;

    private IGrainFactory Grains => services.GetRequiredService<IGrainFactory>();

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(
            $"{nameof(SiloStartup)}.Storage", StorageStage, OpenStorageAsync, CloseStorageAsync);
        lifecycle.Subscribe(
            $"{nameof(SiloStartup)}.Tables",
            ServiceLifecycleStage.Active,
            EnsureTablesAsync,
            BeginStopAsync);
        lifecycle.Subscribe(
            $"{nameof(SiloStartup)}.Partitions",
            ServiceLifecycleStage.GrainDeactivation,
            static _ => Task.CompletedTask,
            LeaveAsync);

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
        leases.Start();
        StorageLog.Opened(logger, journal.Description);
    }

    private async Task EnsureTablesAsync(CancellationToken cancellationToken)
    {
        joining.End();
        await introduction.TryAsync();
        List<(TableDefinition Table, EnsureResponse Ensured)> changed;
        try
        {
            if (storage.Journal is { OpensInActiveSilo: true })
                await OpenAsync(storage.Journal, cancellationToken);
            if (storage.Journal is null) await services.GetRequiredService<SharedRam>().JoinAsync();
            changed = await LearnTablesAsync(cancellationToken);
            known.Set();
            services.GetRequiredService<CatalogWatch>().Start();
        }
        catch (Exception exception)
        {
            known.Fail(exception);
            throw;
        }

        foreach ((TableDefinition table, EnsureResponse ensured) in changed)
            await ChangeIndexesAsync(table, ensured, cancellationToken);

        mixed.Start();
        mover.Start();
        HostingLog.Started(logger, tables.Tables.Count);
    }

    /// <summary>
    /// Makes missing tables, and reads the indexes of all tables. Returns the tables whose indexes
    /// have to be changed after that.
    /// </summary>
    private async Task<List<(TableDefinition Table, EnsureResponse Ensured)>>
        LearnTablesAsync(CancellationToken cancellationToken)
    {
        ICatalogGrain catalog = Grains.GetGrain<ICatalogGrain>(CatalogGrain.Key);
        SiloAddress here = services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        List<(TableDefinition Table, EnsureResponse Ensured)> changed = [];
        foreach (TableDefinition table in tables.Tables)
        {
            EnsureResponse ensured = await lifetime.AskAsync(
                () => catalog.EnsureAsync(table.ToSchema(), here), cancellationToken);
            if (ensured.Problems.Count > 0)
            {
                throw new InvalidTableException(
                    table.RecordType.Name,
                    property: null,
                    $"the table '{table.Name}' exists and is different: "
                    + $"{string.Join("; ", ensured.Problems)}. Change the type back, or give the "
                    + "new table another name.");
            }

            changed.Add((table, ensured));
        }

        CatalogImage image = await lifetime.AskAsync(
            () => catalog.ReadAsync(here), cancellationToken);
        return services.GetRequiredService<CatalogCopy>().Learn(image) is { } problem
            ? throw new MementoException(
                $"{problem} Other silos use the table so. Stop them first, or remove the index.")
            : changed;
    }

    /// <summary>
    /// Changes indexes as in use, because other silos may use the table, or this one already does.
    /// </summary>
    private async Task ChangeIndexesAsync(
        TableDefinition table, EnsureResponse ensured, CancellationToken cancellationToken)
    {
        ITableIndexGrain grain = Grains.GetGrain<ITableIndexGrain>(table.Name);
        foreach (IndexInfo index in ensured.Superfluous)
        {
            await lifetime.AskAsync(
                () => grain.EnsureRemovedAsync(index), cancellationToken);
        }

        foreach (MissingIndex missing in ensured.Missing)
        {
            await lifetime.AskAsync(
                () => grain.EnsureAddedAsync(missing), cancellationToken);
        }
    }

    /// <summary>
    /// Before the grains stop: each waits for the appended commits of its partition.
    /// </summary>
    private async Task BeginStopAsync(CancellationToken cancellationToken)
    {
        journal.EndDoubt();
        await mover.StopAsync();
        await prepared.LeaveRamAsync(cancellationToken);
    }

    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await mover.LeaveAsync(cancellationToken);
        }
        finally
        {
            // Not before: transactional grains wait for what this silo has decided, and no other
            // silo tells them as long as this one lives.
            await mixed.StopAsync();
        }
    }

    private async Task CloseStorageAsync(CancellationToken cancellationToken)
    {
        joining.End();
        lifetime.Stop();
        await sweeper.StopAsync();
        await journal.DisposeAsync();
        await leases.StopAsync();
        if (storage.Journal is not null) await storage.Journal.DisposeAsync();
    }
}
