namespace Memento.Messages;

/// <summary>A commit, or an abort, whose caller is in another process.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CommitRequest")]
internal sealed record CommitRequest(
    [property: Id(0)] Guid TransactionId,
    [property: Id(1)] IReadOnlyList<ParticipantCount> Participants);
