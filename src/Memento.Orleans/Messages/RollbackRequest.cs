using Memento.Locks;

namespace Memento.Messages;

/// <summary>
/// Undoes what was written under a savepoint, and refuses what comes under it later. It has all that a
/// partition needs of a transaction which is not there yet: it may overtake the operations.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.RollbackRequest")]
internal sealed record RollbackRequest(
    [property: Id(0)] Guid TransactionId,
    [property: Id(1)] TransactionAge? Age,
    [property: Id(2)] TimeSpan Remaining,
    [property: Id(3)] long Savepoint);
