using System.Diagnostics.Metrics;
using Memento.Catalog;
using Memento.Commit;
using Memento.Commit.Mixed;
using Memento.Commit.Prepared;
using Memento.Diagnostics;
using Memento.Diagnostics.Inspection;
using Memento.Journaling;
using Memento.Messages;
using Memento.Numbering;
using Memento.Participants;
using Memento.Partitions;
using Memento.Silos;
using Memento.Silos.HandOver;
using Memento.Silos.Leases;
using Memento.Silos.Members;
using Memento.Silos.Placement;
using Memento.Silos.Snapshots;
using Memento.Snapshots;
using Memento.Tables;
using Memento.Transactions;
using Memento.Transactions.Reading;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Transactions;

namespace Memento.Hosting;

/// <summary>Registers the parts of Memento, for a silo and for a client.</summary>
internal static class MementoServices
{
    /// <summary>
    /// Runs a configuration; true the first time, when the services have to be added.
    /// </summary>
    public static bool Configure(IServiceCollection services, Action<IMementoBuilder>? configure)
    {
        DynamicCodeCheck.ThrowIfMissing();
        MementoBuilder? known = BuilderOf(services);
        MementoBuilder builder = known ?? new MementoBuilder(services);
        if (known is null)
        {
            services.AddSingleton(builder);

            // Before the options that the caller sets in code, which count over it.
            services.AddSingleton<IConfigureOptions<MementoOptions>>(static provider =>
                new ConfigureOptions<MementoOptions>(options => provider
                    .GetService<IConfiguration>()?
                    .GetSection(MementoOptions.Section).Bind(options)));
        }

        configure?.Invoke(builder);
        return known is null;
    }

    /// <summary>The builder of the earlier calls of AddMemento; null before the first.</summary>
    public static MementoBuilder? BuilderOf(IServiceCollection services)
        => services
            .FirstOrDefault(static each => each.ServiceType == typeof(MementoBuilder))?
            .ImplementationInstance as MementoBuilder;

    public static void AddMementoToSilo(this IServiceCollection services)
    {
        AddCommon(services, "silo");
        services.AddSingleton<JoinWatch>();
        services.AddStorage();
        services.AddSingleton<Journal>();
        services.AddSingleton<ApplyLatch>();
        services.AddSingleton<Cuts>();
        services.AddSingleton<PartitionDirectory>();
        services.AddSingleton<StoreHealthCheck.SiloParts>();
        services.AddSingleton<KnownTables>();
        services.AddSingleton<CatalogCopy>();
        services.AddSingleton<AllSilos>();
        services.AddSingleton<ICatalogPeers, CatalogPeers>();
        services.AddSingleton<CatalogWatch>();
        services.AddSingleton<SharedRam>();
        services.AddSingleton<INumberPeers, NumberPeers>();
        services.AddSingleton<RowMover>();
        services.AddSingleton<UnreadableRestorer>();
        services.AddSingleton<LeaseKeeper>();
        services.AddSingleton<PartitionLoader>();
        services.AddSingleton<IndexBuilder>();
        services.AddSingleton<Numbers>();
        services.AddSingleton<OneAppendCommit>();
        services.AddSingleton<SiloMembers>();
        services.AddSingleton<IMembers>(
            static provider => provider.GetRequiredService<SiloMembers>());
        services.AddSingleton<IOtherSilos>(
            static provider => provider.GetRequiredService<SiloMembers>());
        services.AddSingleton<IReadSilos>(
            static provider => provider.GetRequiredService<SiloMembers>());
        services.AddSingleton<ICutSilos>(
            static provider => provider.GetRequiredService<SiloMembers>());
        services.AddSingleton<SiloCuts>();
        services.AddSingleton<IAgingSnapshots>(
            static provider => provider.GetRequiredService<SiloCuts>());
        services.AddSingleton<CutRound>();
        services.AddSingleton<SiloSnapshots>();
        services.AddSingleton<ISnapshots>(
            static provider => provider.GetRequiredService<SiloSnapshots>());
        services.AddSingleton<EndedReads>();
        services.AddSingleton<PartitionOwners>();
        services.AddSingleton<ParkedPartitions>();
        services.AddSingleton<PartitionGiver>();
        services.AddSingleton<PartitionTaker>();
        services.AddSingleton<PartitionMover>();
        services.AddSingleton<MemberCommits>();
        services.AddSingleton<ISilentCommits>(
            static provider => provider.GetRequiredService<MemberCommits>());
        services.AddSingleton<SpanningCommit>();
        services.AddSingleton<LocalCommit>();
        services.AddSingleton<IDecisionTable, DecisionTable>();
        services.AddSingleton<Decisions>();
        services.AddSingleton<MixedCommits>();
        services.AddSingleton<IMixedCommits>(
            static provider => provider.GetRequiredService<MixedCommits>());
        services.AddSingleton<IUndecided>(
            static provider => provider.GetRequiredService<MixedCommits>());
        services.AddSingleton<IPreparedTables, PreparedTables>();
        services.AddSingleton<PreparedTransactions>();
        services.AddSingleton<IUndecided>(
            static provider => provider.GetRequiredService<PreparedTransactions>());
        services.AddSingleton<IWaitingVoters>(
            static provider => provider.GetRequiredService<PreparedTransactions>());
        services.AddGrainService<SiloMember>();
        services.AddSingleton<SiloInspector>();
        services.AddSingleton<SystemInspector>();
        services.AddSingleton<RemoteTransactions>();
        services.AddSingleton<IPartitions, SiloPartitions>();
        services.AddSingleton<ICommitter, SiloCommitter>();
        services.AddSingleton<OwnershipPlan>();
        services.AddPlacementDirector<IndexPlacement, IndexPlacementDirector>();
        services.AddPlacementDirector<RecordPlacement, RecordPlacementDirector>();
        services.AddSingleton<SiloStartup>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            static provider => provider.GetRequiredService<SiloStartup>());
    }

    public static void AddMementoToClient(this IServiceCollection services)
    {
        AddCommon(services, "client");
        services.AddSingleton<IPartitions, ClientPartitions>();
        services.AddSingleton<ICommitter, ClientCommitter>();
        services.AddSingleton<IClaims, ClaimClient>();
        services.AddSingleton<ClientCuts>();
        services.AddSingleton<ISnapshots, ClientSnapshots>();
        services.AddSingleton<ClientStartup>();
        services.AddSingleton<ILifecycleParticipant<IClusterClientLifecycle>>(
            static provider => provider.GetRequiredService<ClientStartup>());
    }

    private static void AddCommon(IServiceCollection services, string host)
    {
        services.AddSingleton(new StoreLifetime(host));
        services.AddSingleton<PartitionGrains>();
        services.AddSingleton<RemoteCommit>();
        services.AddOptions<MementoOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<MementoOptions>, MementoOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(static provider =>
            provider.GetRequiredService<MementoBuilder>().BuildTables());
        services.AddMementoRecordSerializer();
        services.ConfigureOptions<FailureDetection>();

        // The reasons inside our errors come from the storage. An answer with one that Orleans does
        // not send would not arrive at all.
        services.Configure<ExceptionSerializationOptions>(static options =>
        {
            options.SupportedNamespacePrefixes.Add(nameof(Memento));
            options.SupportedNamespacePrefixes.Add("Npgsql");
            options.SupportedNamespacePrefixes.Add("StackExchange");
        });
        services.AddMetrics();
        services.AddSingleton(static provider => new StoreMetrics(
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetService<ILocalSiloDetails>()?.Name));
        services.AddSingleton<PartitionLosses>();
        services.AddSingleton<StoreTracing>();
        services.AddSingleton<StoreGauges>();
        services.AddSingleton<IMementoDiagnostics, StoreInspector>();
        services.AddSingleton<StoreHealthCheck>();
        services.AddSingleton<TransactionRegistry>();
        services.AddSingleton<TransactionSweeper>();
        services.AddSingleton<AgeClock>();
        services.AddSingleton<HybridClock>();
        services.AddSingleton<TransactionIds>();
        services.AddSingleton<AmbientTransaction>();
        services.AddSingleton<LateIntroduction>();
        services.AddSingleton<IPageKeys, PageKeys>();
        services.AddSingleton<TransactionTools>();
        services.AddSingleton<TransactionRunner>();
        services.AddSingleton<SnapshotRunner>();
        services.AddSingleton<CurrentTransaction>();
        services.AddSingleton<ITables, TableAdministration>();
        services.AddSingleton<SystemInfoClient>();
        services.AddSingleton<IMemento, MementoStore>();
        DecorateTransactions(services);
    }

    /// <summary>Puts our agent and client around Orleans' own.</summary>
    private static void DecorateTransactions(IServiceCollection services)
    {
        Decorate<ITransactionAgent, MementoTransactionAgent>(services, static _ => []);
        Decorate<ITransactionClient, MementoTransactionClient>(
            services, static provider => [provider.GetRequiredService<MementoTransactionAgent>()]);

        // Each request of a transactional call asks for the agent when it is made; see
        // LateIntroduction.
        services.Replace(ServiceDescriptor.Transient<ITransactionAgent>(static provider =>
        {
            if (provider.GetRequiredService<AmbientTransaction>()
                is { Running: not null } or { GivenUp: not null })
            {
                provider.GetRequiredService<MementoTransactionClient>().Introduce();
            }

            TransactionRegistry registry = provider.GetRequiredService<TransactionRegistry>();
            SavepointContext.SetOpen(registry);
            KeptContext.SetAwaited(registry);
            return provider.GetRequiredService<MementoTransactionAgent>();
        }));
    }

    private static void Decorate<TService, TDecorator>(
        IServiceCollection services, Func<IServiceProvider, object[]> arguments)
        where TService : class
        where TDecorator : class, TService
    {
        ServiceDescriptor inner = services.Last(
            static each => each.ServiceType == typeof(TService));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<TDecorator>(
            provider,
            (TService)ActivatorUtilities.CreateInstance(
                provider, inner.ImplementationType!, arguments(provider))));
        services.Replace(ServiceDescriptor.Singleton<TService>(
            static provider => provider.GetRequiredService<TDecorator>()));
    }
}
