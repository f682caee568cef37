using Memento.Locks;

namespace Memento.Messages;

/// <summary>
/// Undoes what was written under a savepoint, and refuses what comes under it later. It has all
/// that a partition needs of a transaction which is not there yet: it may overtake the operations.
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
/// What came of an abort that asked whether what the transaction has read stands.
/// </summary>
/// <param name="Error">
/// Why it cannot be said that it stands; a conflict where the transaction is to be run again. Null:
/// all that it has read in this silo is durable.
/// </param>
/// <param name="Elsewhere">
/// The participants that this silo does not have: theirs are to be asked too.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.AbortResponse")]
internal sealed record AbortResponse(
    [property: Id(0)] MementoException? Error,
    [property: Id(1)] IReadOnlyList<ParticipantCount> Elsewhere);
