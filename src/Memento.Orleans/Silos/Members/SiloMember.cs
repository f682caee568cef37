using Memento.Commit;
using Memento.Messages;
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
    SpanningCommit coordinator)
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
}
