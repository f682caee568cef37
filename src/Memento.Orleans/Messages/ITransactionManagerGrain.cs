using Orleans.Transactions;

namespace Memento.Messages;

/// <summary>
/// The manager of transactions that one silo has decided, as participants of others see it. The key
/// is the silo. While the silo lives, it answers; afterwards any silo does, from the storage. It
/// has no messages of its own: its messages are those of Orleans'
/// <c>ITransactionManagerExtension</c>.
/// </summary>
[Alias("Memento.ITransactionManagerGrain")]
internal interface ITransactionManagerGrain : IGrainWithStringKey;

/// <summary>A message of a participant to the manager of its transaction.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="TimeStamp">Its time, which the participant knows it by.</param>
/// <param name="Participant">Who sends it.</param>
/// <param name="Vote">The vote; null: it asks how the transaction has ended.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ManagerMessage")]
internal sealed record ManagerMessage(
    [property: Id(0)] Guid TransactionId,
    [property: Id(1)] DateTime TimeStamp,
    [property: Id(2)] ParticipantId Participant,
    [property: Id(3)] TransactionalStatus? Vote)
{
    /// <summary>
    /// Where the sender is a partition of ours, for which another one of ours is the manager: what
    /// it takes part with. Our own commit seals it, so that it is not prepared before.
    /// </summary>
    [Id(4)]
    public NamedParticipant? Own { get; init; }
}

/// <summary>
/// Tells a silo the decision of a participant of others about a transaction that may be prepared
/// there in a partition in ram, which is on its way to another silo and waits for that.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Number">The number of the partition.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="IsCommitted">Whether it is committed.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.EndPreparedMessage")]
internal sealed record EndPreparedMessage(
    [property: Id(0)] string Table,
    [property: Id(1)] int Number,
    [property: Id(2)] Guid TransactionId,
    [property: Id(3)] bool IsCommitted);
