using Memento.Catalog;
using Memento.Commit;
using Memento.Commit.Mixed;
using Memento.Commit.Prepared;
using Memento.Diagnostics.Inspection;
using Memento.Messages;
using Memento.Numbering;
using Memento.Participants;
using Memento.Partitions;
using Memento.Silos.HandOver;
using Memento.Silos.Snapshots;
using Memento.Snapshots;
using Memento.Tables;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Memento.Silos.Members;

/// <summary>Gets the messages of other silos to this one.</summary>
/// <remarks>
/// Every silo has one scheduler for it, so each message leaves it at once for the thread pool.
/// </remarks>
[Reentrant]
internal sealed class SiloMember(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    MemberCommits members,
    SpanningCommit coordinator,
    LocalCommit commit,
    MixedCommits mixed,
    PreparedTransactions prepared,
    PartitionDirectory partitions,
    TransactionRegistry transactions,
    CatalogCopy catalog,
    SharedRam ram,
    Numbers numbers,
    TableRegistry tables,
    PartitionGiver giver,
    SiloCuts cuts,
    HybridClock clock,
    SiloInspector inspector,
    IEnumerable<IUndecided> undecided)
    : GrainService(id, silo, loggers), ISiloMember
{
    public Task<SealAnswer> SealAsync(SealRequest request)
        => Task.Run(() => members.SealAsync(request));

    public Task<MemberAnswer> SettleAsync(SettleRequest request)
        => Task.Run(() => members.SettleAsync(request).AsTask());

    public Task<MemberAnswer> AskAsync(AskRequest request)
        => Task.Run(() => request.ForMembers
            ? members.AskedByMember(request.TransactionId)
            : coordinator.Answer(request.TransactionId));

    public Task EndReadsAsync(Guid[] transactionIds)
        => Task.Run(() => transactions.EndReads(transactionIds));

    public Task<DecideAnswer> DecideAsync(CommitRequest request)
        => Task.Run(async () => new DecideAnswer(
            await commit.DecideAsync(request.TransactionId), clock.Now));

    public Task ManageAsync(ManagerMessage message)
        => Task.Run(() => mixed.ReceiveAsync(message));

    public Task EndPreparedAsync(EndPreparedMessage message)
        => Task.Run(() => prepared.EndAsync(
            message.TransactionId,
            partitions.Find(message.Table, message.Number),
            message.IsCommitted));

    public Task PrepareCutAsync(Guid cut, bool givesTurn)
        => Task.Run(() => cuts.PrepareAsync(cut, givesTurn));

    public Task<CloseAnswer> CloseForCutAsync(Guid cut) => Task.Run(() => cuts.CloseAsync(cut));

    public Task<CutAnswer> CutAsync(CutOrder order) => Task.Run(() => cuts.CutAsync(order));

    public Task OpenAfterCutAsync(Guid cut) => Task.Run(() => cuts.Open(cut));

    public Task<SnapshotAnswer> ReadSnapshotAsync(SnapshotRead request)
        => Task.Run(() => cuts.ReadAsync(request));

    public Task EndSnapshotAsync(Guid snapshot)
        => Task.Run(() => cuts.End(snapshot, SnapshotEnds.Body));

    public Task<SiloReport> DescribeAsync() => Task.Run(inspector.Describe);

    public Task<bool> DecideByHandAsync(Guid transactionId, TransactionDecision decision)
        => Task.Run(async () =>
        {
            bool isDecided = false;
            foreach (IUndecided each in undecided)
                isDecided |= await each.DecideAsync(transactionId, decision);
            return isDecided;
        });

    public Task RememberAsync(RememberRequest request)
    {
        commit.Remember(request);
        return Task.CompletedTask;
    }

    public Task<string?> LearnCatalogAsync(CatalogImage image) => Task.Run(() => Learn(image));

    public Task<CatalogImage?> KnownCatalogAsync() => Task.FromResult(catalog.Image);

    public Task<bool> ShowNumberAsync(HighNumber number)
    {
        numbers.Observe(number.Table, number.Number);
        return Task.FromResult(true);
    }

    public Task<bool> KeepAsync(KeptState state) => Task.FromResult(ram.Keep(state));

    public Task<KeptState?> FindKeptAsync(string key) => Task.FromResult(ram.Find(key));

    public Task<List<KeptState>> AllKeptAsync() => Task.FromResult(ram.All.ToList());

    public Task<GiveUpAnswer> GiveUpAsync(GiveUpRequest request)
        => Task.Run(() => giver.GiveUpAsync(request));

    public Task<KnownOwner[]> FindOwnersAsync(SiloAddress joining)
        => Task.Run(() => giver.ShowOwnersAsync(joining));

    public Task<FetchAnswer?> FetchAsync(FetchRequest request)
        => Task.Run(() => giver.Fetch(request));

    public Task<bool> ReleaseAsync(ReleaseRequest request)
        => Task.FromResult(giver.TryRelease(request));

    /// <summary>
    /// Nobody uses a table any more after all silos have learnt that it is being deleted.
    /// </summary>
    private string? Learn(CatalogImage image)
    {
        string? problem = catalog.Learn(image);
        foreach (TableDefinition table in tables.Tables)
        {
            if (catalog.Find(table.Name) is null)
                giver.Forget(table.Name, CatalogGrain.NotFound(table.Name));
        }

        return problem;
    }
}
