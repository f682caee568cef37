using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Silos;

/// <content>
/// A partition as the manager of a transaction that Orleans' own agent ends, because its process
/// has no Memento. Ours make a silo the manager: see <see cref="TransactionManagerGrain"/>.
/// </content>
internal sealed partial class IndexGrain : ITransactionManagerExtension
{
    public Task<TransactionalStatus> PrepareAndCommit(
        string resourceId,
        Guid transactionId,
        AccessCounter accessCount,
        DateTime timeStamp,
        List<ParticipantId> writeResources,
        int totalParticipants)
    {
        (string table, int number) = Name;
        var self = new NamedParticipant(
            table, number, OrleansParticipant.Operations(accessCount), silo.SiloAddress);
        return mixed.ManageAsync(
            transactionId, self, timeStamp, writeResources, totalParticipants - 1);
    }

    public Task Prepared(
        string resourceId,
        Guid transactionId,
        DateTime timestamp,
        ParticipantId resource,
        TransactionalStatus status)
        => mixed.ReceiveAsync(new ManagerMessage(transactionId, timestamp, resource, status));

    public Task Ping(
        string resourceId, Guid transactionId, DateTime timeStamp, ParticipantId resource)
        => mixed.ReceiveAsync(new ManagerMessage(transactionId, timeStamp, resource, Vote: null));

    public Task ReportAsync(ManagerMessage message) => mixed.ReceiveAsync(message);
}
