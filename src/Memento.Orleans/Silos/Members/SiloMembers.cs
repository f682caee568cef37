using Memento.Commit;
using Memento.Diagnostics;
using Memento.Messages;
using Orleans.Runtime.Services;

namespace Memento.Silos.Members;

/// <summary>The silos of the cluster, by messages.</summary>
internal sealed class SiloMembers(
    IServiceProvider services,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IGrainFactory grains,
    StoreMetrics metrics)
    : GrainServiceClient<ISiloMember>(services), IMembers
{
    public SiloAddress Here => silo.SiloAddress;

    // A silo that the membership does not know any more was dead before.
    public bool IsDead(SiloAddress address)
        => membership.CurrentSnapshot.GetSiloStatus(address) is SiloStatus.Dead or SiloStatus.None;

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

    public async Task<SiloAddress> FindAsync(string table, int partition)
    {
        OpenResponse opened;
        try
        {
            opened = await grains.GetGrain<IIndexGrain>(IndexGrainKey.Of(table, partition))
                .OpenAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw new TransactionConflictException(
                $"Partition {partition} of table '{table}' took part in the transaction, and did "
                + $"not answer to its commit: {exception.Message} The transaction is run again "
                + "while attempts and time are left.",
                exception);
        }

        if (opened.Error is not null) throw opened.Error;
        return opened.Silo!;
    }
}
