namespace Memento.Messages;

/// <summary>A commit, or an abort, whose caller is in another process.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CommitRequest")]
internal sealed record CommitRequest(
    [property: Id(0)] Guid TransactionId,
    [property: Id(1)] IReadOnlyList<ParticipantCount> Participants);

/// <summary>How a commit ended.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CommitResponse")]
internal sealed record CommitResponse(
    [property: Id(0)] CommitStatus Status,
    [property: Id(1)] MementoException? Error);

/// <summary>How a commit ended.</summary>
internal enum CommitStatus
{
    /// <summary>The transaction is committed, and as durable as its tables are.</summary>
    Committed = 0,

    /// <summary>
    /// Nothing was kept, for a reason outside the transaction. It may be run again.
    /// </summary>
    TryAgain = 1,

    /// <summary>Nothing was kept. The error says why.</summary>
    Failed = 2,
}

/// <summary>
/// A partition that took part in a transaction, and the number of operations in it.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ParticipantCount")]
internal sealed record ParticipantCount(
    [property: Id(0)] string Table,
    [property: Id(1)] int Number,
    [property: Id(2)] int Operations);
