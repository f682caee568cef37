namespace Memento.Messages;

/// <summary>
/// A state of the catalog or of a sequence, of which every silo has a copy, because no storage has
/// one.
/// </summary>
/// <param name="Key">Whose state.</param>
/// <param name="Version">The higher one is newer.</param>
/// <param name="Json">The state; null if it was removed.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.KeptState")]
internal sealed record KeptState(
    [property: Id(0)] string Key,
    [property: Id(1)] long Version,
    [property: Id(2)] string? Json);
