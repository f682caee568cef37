using Memento.Commit;
using Memento.Diagnostics;
using Memento.Messages;
using Memento.Participants;
using Memento.Silos.HandOver;
using Memento.Silos.Snapshots;
using Memento.Storage;
using Orleans.Runtime.Services;

namespace Memento.Silos.Members;

/// <summary>The silos of the cluster, by messages.</summary>
internal sealed class SiloMembers(
    IServiceProvider services,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IClusterManifestProvider manifests,
    IGrainFactory grains,
    HybridClock clock,
    TimeProvider time,
    StoreMetrics metrics)
    : GrainServiceClient<ISiloMember>(services), IMembers, IOtherSilos, IReadSilos, ICutSilos
{
    /// <summary>
    /// How long a commit waits for a partition that is being opened. Its grain may be about to end,
    /// and wait for this very commit first.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private KnownOthers _others = new(Of: null, [], []);

    public SiloAddress Here => silo.SiloAddress;

    public IReadOnlyList<SiloAddress> Others
        => [.. membership.FindServing().Where(each => !each.Equals(Here))];

    /// <inheritdoc/>
    public SiloAddress[] OthersNow => Known.Silos;

    /// <inheritdoc/>
    public SiloAddress[] DeadNow => Known.Dead;

    private KnownOthers Known
    {
        get
        {
            ClusterMembershipSnapshot members = membership.CurrentSnapshot;
            KnownOthers known = Volatile.Read(ref _others);
            if (ReferenceEquals(known.Of, members)) return known;

            SiloAddress[] dead =
            [
                .. members.Members.Values
                    .Where(static each => each.Status == SiloStatus.Dead)
                    .Select(static each => each.SiloAddress),
            ];
            Volatile.Write(ref _others, known = new KnownOthers(members, [.. Others], dead));
            return known;
        }
    }

    public SiloAddress[] Serving
    {
        get
        {
            GrainType type =
                grains.GetGrain<IIndexGrain>(IndexGrainKey.Of("", 0)).GetGrainId().Type;
            ClusterMembershipSnapshot members = membership.CurrentSnapshot;
            return
            [
                .. manifests.Current.Silos
                    .Where(each => each.Value.Grains.ContainsKey(type)
                        && members.GetSiloStatus(each.Key) == SiloStatus.Active)
                    .Select(static each => each.Key)
                    .Order(),
            ];
        }
    }

    public bool AreAllKnown
        => membership.CurrentSnapshot.Members.Values.All(each
            => each.Status != SiloStatus.Active
                || manifests.Current.Silos.ContainsKey(each.SiloAddress));

    public bool IsDead(SiloAddress address) => membership.IsDead(address);

    public bool IsServing(SiloAddress address) => membership.FindServing().Contains(address);

    public Task ManageAsync(SiloAddress address, ManagerMessage message)
        => GetGrainService(address).ManageAsync(message);

    public Task EndPreparedAsync(EndPreparedMessage message)
        => Task.WhenAll(membership.FindServing().Where(each => !each.Equals(Here))
            .Select(each => GetGrainService(each).EndPreparedAsync(message)));

    public Task<SealAnswer> SealAsync(SiloAddress address, SealRequest request)
    {
        metrics.Sent(MessageName.Seal);
        return GetGrainService(address).SealAsync(request);
    }

    public Task<MemberAnswer> SettleAsync(SiloAddress address, SettleRequest request)
    {
        metrics.Sent(MessageName.Settle);
        return GetGrainService(address).SettleAsync(request);
    }

    public Task<MemberAnswer> AskAsync(SiloAddress address, AskRequest request)
    {
        metrics.Sent(MessageName.Ask);
        return GetGrainService(address).AskAsync(request);
    }

    public Task PrepareCutAsync(SiloAddress address, Guid cut, bool givesTurn)
    {
        metrics.Sent(MessageName.Cut);
        return GetGrainService(address).PrepareCutAsync(cut, givesTurn);
    }

    public Task<CloseAnswer> CloseForCutAsync(SiloAddress address, Guid cut)
    {
        metrics.Sent(MessageName.Cut);
        return GetGrainService(address).CloseForCutAsync(cut);
    }

    public Task<CutAnswer> CutAsync(SiloAddress address, CutOrder order)
    {
        metrics.Sent(MessageName.Cut);
        return GetGrainService(address).CutAsync(order);
    }

    public Task OpenAfterCutAsync(SiloAddress address, Guid cut)
        => GetGrainService(address).OpenAfterCutAsync(cut);

    public Task<SnapshotAnswer> ReadSnapshotAsync(SiloAddress address, SnapshotRead request)
    {
        metrics.Sent(MessageName.ReadSnapshot);
        return GetGrainService(address).ReadSnapshotAsync(request);
    }

    public Task EndSnapshotAsync(SiloAddress address, Guid snapshot)
        => GetGrainService(address).EndSnapshotAsync(snapshot);

    public Task EndReadsAsync(SiloAddress address, Guid[] transactionIds)
    {
        metrics.Sent(MessageName.EndReads);
        return GetGrainService(address).EndReadsAsync(transactionIds);
    }

    public async Task<TransactionOutcome> DecideAsync(SiloAddress address, CommitRequest request)
    {
        metrics.Sent(MessageName.Decide);
        DecideAnswer answer = await GetGrainService(address).DecideAsync(request);
        clock.Observe(answer.Clock);
        return answer.Outcome;
    }

    public Task RememberAsync(SiloAddress address, RememberRequest request)
        => GetGrainService(address).RememberAsync(request);

    public Task<KnownOwner[]> FindOwnersAsync(SiloAddress address)
        => GetGrainService(address).FindOwnersAsync(Here);

    public async Task<SiloAddress> FindAsync(string table, int partition)
        => (await OpenAsync(table, partition).ConfigureAwait(false)).Silo!;

    public async Task<SiloAddress?> FindLossAsync(string table, int partition)
        => (await OpenAsync(table, partition).ConfigureAwait(false)).LostWith;

    private async Task<OpenResponse> OpenAsync(string table, int partition)
    {
        OpenResponse opened;
        try
        {
            opened = await grains.GetGrain<IIndexGrain>(IndexGrainKey.Of(table, partition))
                .OpenAsync(time, CancellationToken.None)
                .WaitAsync(Patience, time)
                .ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw new TransactionConflictException(
                $"Partition {partition} of table '{table}' took part in the transaction, and did "
                + $"not answer to its commit: {exception.Message} The transaction is run again "
                + "while attempts and time are left.",
                exception);
        }

        return opened.Error is null ? opened : throw opened.Error;
    }

    public Task<GiveUpAnswer> GiveUpAsync(SiloAddress address, GiveUpRequest request)
        => GetGrainService(address).GiveUpAsync(request);

    public Task<FetchAnswer?> FetchAsync(SiloAddress address, FetchRequest request)
        => GetGrainService(address).FetchAsync(request);

    public Task<bool> ReleaseAsync(SiloAddress address, ReleaseRequest request)
        => GetGrainService(address).ReleaseAsync(request);

    public async Task RefreshAsync(CancellationToken cancellationToken)
        => await membership.Refresh(default, cancellationToken);

    public IAsyncEnumerable<ClusterMembershipSnapshot> ChangesAsync()
        => membership.MembershipUpdates;

    /// <summary>The other silos by a state of the membership.</summary>
    private sealed record KnownOthers(
        ClusterMembershipSnapshot? Of, SiloAddress[] Silos, SiloAddress[] Dead);
}
