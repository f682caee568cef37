namespace Memento.Partitions;

/// <summary>The nested bodies of a transaction that were running when a message left.</summary>
/// <param name="Version">Larger than that of earlier messages: they may come in another order.</param>
/// <param name="Ids">Their savepoints.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OpenSavepoints")]
internal sealed record OpenSavepoints(
    [property: Id(0)] long Version,
    [property: Id(1)] long[] Ids);
