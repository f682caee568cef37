namespace Memento.Messages;

/// <summary>
/// Asks a silo to give up a partition: another silo begins to own it.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Number">The partition's number.</param>
/// <param name="Owner">The silo that owns it from now on.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.GiveUpRequest")]
internal sealed record GiveUpRequest(
    [property: Id(0)] string Table,
    [property: Id(1)] int Number,
    [property: Id(2)] SiloAddress Owner);

/// <summary>What a silo has of a partition that it owns no more.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.GiveUpAnswer")]
internal sealed record GiveUpAnswer
{
    /// <summary>
    /// The tenure in which it had the records that it keeps for the next owner; null: none.
    /// </summary>
    [Id(0)]
    public long? Tenure { get; init; }

    /// <summary>When those records began empty after a loss; null: never.</summary>
    [Id(2)]
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>The last owner that it was told of, before this one; null: none.</summary>
    [Id(1)]
    public SiloAddress? LastOwner { get; init; }

    /// <summary>
    /// The silo with which its records in ram were lost, as far as this one knows, where no silo
    /// keeps them: this one, if it had to drop them. Null: none.
    /// </summary>
    [Id(3)]
    public SiloAddress? LostWith { get; init; }

    /// <summary>The highest stamp that it knows: it commits nothing there any more.</summary>
    [Id(4)]
    public long Clock { get; init; }
}

/// <summary>
/// Says that a silo drops the records that it keeps of a partition, of this tenure and earlier
/// ones: the next owner has them.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Number">The partition's number.</param>
/// <param name="Owner">The next owner.</param>
/// <param name="Tenure">The tenure of the records.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ReleaseRequest")]
internal sealed record ReleaseRequest(
    [property: Id(0)] string Table,
    [property: Id(1)] int Number,
    [property: Id(2)] SiloAddress Owner,
    [property: Id(3)] long Tenure);

/// <summary>The last owner of a partition, as far as a silo knows.</summary>
/// <param name="Table">The table.</param>
/// <param name="Number">The partition's number.</param>
/// <param name="Silo">The silo.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.KnownOwner")]
internal readonly record struct KnownOwner(
    [property: Id(0)] string Table,
    [property: Id(1)] int Number,
    [property: Id(2)] SiloAddress Silo);

/// <summary>Asks for the next rows that a silo keeps for the next owner of a partition.</summary>
/// <param name="Table">The table.</param>
/// <param name="Number">The partition's number.</param>
/// <param name="Tenure">The tenure of the rows.</param>
/// <param name="After">The last row that arrived; null: from the first on.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.FetchRequest")]
internal sealed record FetchRequest(
    [property: Id(0)] string Table,
    [property: Id(1)] int Number,
    [property: Id(2)] long Tenure,
    [property: Id(3)] HandedPlace? After);

/// <summary>Rows of a partition, in their order.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="IsLast">Whether there are no more.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.FetchAnswer")]
internal sealed record FetchAnswer(
    [property: Id(0)] HandedRow[] Rows, [property: Id(1)] bool IsLast);

/// <summary>The place of a row: records, and then the values of unique indexes.</summary>
/// <param name="Index">The unique index; null: it is a record.</param>
/// <param name="Key">The key bytes.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.HandedPlace")]
internal readonly record struct HandedPlace(
    [property: Id(0)] string? Index, [property: Id(1)] byte[] Key);

/// <summary>A row of a partition that is handed over.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Document">The record; of an index, the key of the record.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.HandedRow")]
internal readonly record struct HandedRow(
    [property: Id(0)] HandedPlace Place, [property: Id(1)] byte[] Document);

/// <summary>
/// What a silo that stops has committed for other processes, which may ask for it when it is gone.
/// </summary>
/// <param name="Silo">The silo that stops.</param>
/// <param name="Committed">The transactions.</param>
/// <param name="IsLast">
/// Whether that was all. It commits nothing any more, and no commit of it is in doubt.
/// </param>
/// <param name="Clock">The highest stamp that it knows.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.RememberRequest")]
internal sealed record RememberRequest(
    [property: Id(0)] SiloAddress Silo,
    [property: Id(1)] Guid[] Committed,
    [property: Id(2)] bool IsLast,
    [property: Id(3)] long Clock);
