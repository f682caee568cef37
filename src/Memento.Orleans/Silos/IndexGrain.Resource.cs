using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Silos;

/// <content>
/// A partition as a participant of a transaction that a transactional grain of the application
/// decides.
/// </content>
internal sealed partial class IndexGrain : ITransactionalResourceExtension
{
    private ParticipantId Self => OrleansParticipant.Of(this.AsReference<IIndexGrain>());

    public Task<TransactionalStatus> CommitReadOnly(
        string resourceId, Guid transactionId, AccessCounter accessCount, DateTime timeStamp)
        => prepared.EndReadsAsync(transactionId, _partition, accessCount, timeStamp);

    public Task Prepare(
        string resourceId,
        Guid transactionId,
        AccessCounter accessCount,
        DateTime timeStamp,
        ParticipantId transactionManager)
    {
        clock.Observe(timeStamp.Ticks);
        if (OrleansParticipant.IsOurs(transactionManager))
        {
            // Its commit seals this partition, so that the partition need not be prepared.
            (string table, int number) = Name;
            var report = new ManagerMessage(
                transactionId, timeStamp, Self, TransactionalStatus.Ok)
            {
                Own = new NamedParticipant(
                    table, number, OrleansParticipant.Operations(accessCount), silo.SiloAddress),
            };
            return transactionManager.Reference.AsReference<IIndexGrain>().ReportAsync(report);
        }

        prepared.Prepare(
            transactionId, _partition, accessCount, timeStamp, Self, transactionManager);
        return Task.CompletedTask;
    }

    public Task Abort(string resourceId, Guid transactionId)
    {
        prepared.Abort(transactionId, _partition);
        return Task.CompletedTask;
    }

    public Task Cancel(
        string resourceId, Guid transactionId, DateTime timeStamp, TransactionalStatus status)
        => EndAsync(transactionId, timeStamp, isCommitted: false);

    public Task Confirm(string resourceId, Guid transactionId, DateTime timeStamp)
        => EndAsync(transactionId, timeStamp, isCommitted: true);

    /// <summary>
    /// Ends a transaction as its manager has decided. In ram it may be prepared where the partition
    /// comes from, which waits for this decision: it is told there, and not waited for here.
    /// </summary>
    /// <exception cref="MementoException">
    /// It cannot be ended here now: the manager tells it again, or is asked again.
    /// </exception>
    private async Task EndAsync(Guid transactionId, DateTime timeStamp, bool isCommitted)
    {
        clock.Observe(timeStamp.Ticks);
        if (_partition is { } here && (!here.IsClosed || here.Find(transactionId) is not null))
        {
            await prepared.EndAsync(transactionId, here, isCommitted);
            return;
        }

        (string table, int number) = Name;
        if (!tables.IsOnDisk(table))
        {
            await prepared.EndAsync(transactionId, partitions.Find(table, number), isCommitted);
            await members.EndPreparedAsync(
                new EndPreparedMessage(table, number, transactionId, isCommitted));
            return;
        }

        await OpenForDecisionAsync();
        await prepared.EndAsync(transactionId, _partition, isCommitted);
    }

    /// <summary>
    /// Opens the partition, which may have transactions that are prepared in the storage.
    /// </summary>
    private async Task OpenForDecisionAsync()
    {
        OpenResponse open = await OpenAsync();
        if (open.IsMoving)
        {
            throw new TransactionConflictException(
                $"Partition {this.GetPrimaryKeyString()} is moving to another silo.");
        }

        // Where the table was deleted, nothing of it is kept anywhere.
        if (open.Error is not null and not TableNotFoundException) throw open.Error;
    }
}
