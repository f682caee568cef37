using Memento.Locks;

namespace Memento.Messages;

/// <summary>
/// Undoes the writes under a savepoint, and refuses later operations under it. It may arrive before
/// the operations, so it has all that is needed to begin the transaction.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.RollbackRequest")]
internal sealed record RollbackRequest(
    [property: Id(0)] Guid TransactionId,
    [property: Id(1)] TransactionAge? Age,
    [property: Id(2)] TimeSpan Remaining,
    [property: Id(3)] long Savepoint);

/// <summary>
/// The result of an abort that asked whether the reads of the transaction are durable.
/// </summary>
/// <param name="Error">
/// Why the reads are not known to be durable; a conflict if the transaction has to run again. Null:
/// all its reads in this silo are durable.
/// </param>
/// <param name="Elsewhere">
/// The participants that this silo does not have. Their silos have to be asked too.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.AbortResponse")]
internal sealed record AbortResponse(
    [property: Id(0)] MementoException? Error,
    [property: Id(1)] IReadOnlyList<NamedParticipant> Elsewhere);
