namespace Memento.Messages;

/// <summary>A partition that took part in a transaction, and how many operations were made there.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ParticipantCount")]
internal sealed record ParticipantCount(
    [property: Id(0)] string Table,
    [property: Id(1)] int Number,
    [property: Id(2)] int Operations);
