namespace Memento.Messages;

/// <summary>What came of an abort that asked whether what the transaction has read stands.</summary>
/// <param name="Error">
/// Why it cannot be said that it stands; a conflict where the transaction is to be run again. Null: all
/// that it has read in this silo is durable.
/// </param>
/// <param name="Elsewhere">The participants that this silo does not have: theirs are to be asked too.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.AbortResponse")]
internal sealed record AbortResponse(
    [property: Id(0)] MementoException? Error,
    [property: Id(1)] IReadOnlyList<ParticipantCount> Elsewhere);
