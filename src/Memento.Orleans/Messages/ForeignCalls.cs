using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Messages;

/// <summary>The calls of participants that are not ours, by their ids.</summary>
internal static class ForeignCalls
{
    /// <summary>Asks for the vote of one that has written. It votes by a message.</summary>
    public static Task PrepareAsync(
        this ForeignResource resource, Guid id, DateTime time, ParticipantId manager)
        => resource.Id.Resource().Prepare(resource.Id.Name, id, resource.Count, time, manager);

    /// <summary>Asks for the vote of one that has only read, and ends it there.</summary>
    public static Task<TransactionalStatus> EndReadsAsync(
        this ForeignResource resource, Guid id, DateTime time)
        => resource.Id.Resource().CommitReadOnly(resource.Id.Name, id, resource.Count, time);

    public static Task ConfirmAsync(this ParticipantId participant, Guid id, DateTime time)
        => participant.Resource().Confirm(participant.Name, id, time);

    public static Task CancelAsync(
        this ParticipantId participant, Guid id, DateTime time, TransactionalStatus status)
        => participant.Resource().Cancel(participant.Name, id, time, status);

    /// <summary>
    /// Drops a transaction in all of them, unless it is prepared there, and does not wait.
    /// </summary>
    public static void Abort(this ForeignParts foreign, Guid id)
    {
        foreach (ForeignResource each in foreign.Resources)
            each.Id.Resource().Abort(each.Id.Name, id).Ignore();
    }

    /// <summary>Votes. The message is sent once, and lost if it is lost.</summary>
    public static Task VoteAsync(
        this ParticipantId manager,
        Guid id,
        DateTime time,
        ParticipantId self,
        TransactionalStatus vote)
        => manager.Manager().Prepared(manager.Name, id, time, self, vote);

    /// <summary>Asks how a transaction has ended. The answer comes by a message.</summary>
    public static Task PingAsync(
        this ParticipantId manager, Guid id, DateTime time, ParticipantId self)
        => manager.Manager().Ping(manager.Name, id, time, self);

    /// <summary>
    /// Wakes a manager, so that it goes on telling what it has committed. It knows no transaction
    /// of this id: nothing else happens.
    /// </summary>
    public static Task WakeAsync(this ParticipantId manager)
        => manager.Resource().Abort(manager.Name, Guid.NewGuid());

    private static ITransactionManagerExtension Manager(this ParticipantId participant)
        => participant.Reference.AsReference<ITransactionManagerExtension>();

    private static ITransactionalResourceExtension Resource(this ParticipantId participant)
        => participant.Reference.AsReference<ITransactionalResourceExtension>();
}
