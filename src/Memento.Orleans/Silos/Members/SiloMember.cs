using Memento.Catalog;
using Memento.Commit;
using Memento.Messages;
using Memento.Partitions;
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
    CatalogCopy catalog,
    PartitionDirectory partitions)
    : GrainService(id, silo, loggers), ISiloMember
{
    public Task<SealAnswer> SealAsync(SealRequest request)
        => Task.Run(() => members.SealAsync(request));

    public Task<MemberAnswer> SettleAsync(SettleRequest request)
        => Task.Run(() => members.Settle(request));

    public Task<MemberAnswer> AskAsync(AskRequest request)
        => Task.Run(() => request.ForMembers
            ? members.AskedByMember(request.TransactionId)
            : coordinator.Answer(request.TransactionId));

    public Task<string?> LearnCatalogAsync(CatalogImage image) => Task.Run(() => Learn(image));

    public Task<CatalogImage?> KnownCatalogAsync() => Task.FromResult(catalog.Image);

    /// <summary>
    /// Nobody uses a table any more after all silos have learnt that it is being deleted.
    /// </summary>
    private string? Learn(CatalogImage image)
    {
        string? problem = catalog.Learn(image);
        foreach (Partition partition in partitions.All)
        {
            string table = partition.Table.Name;
            if (catalog.Find(table) is null) _ = partition.CloseAsync(CatalogGrain.NotFound(table));
        }

        return problem;
    }
}
