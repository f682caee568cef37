using Memento.Tables;

namespace Memento.Messages;

/// <summary>What every silo knows of the tables. The catalog tells it at each change.</summary>
/// <param name="Version">The higher one is newer.</param>
/// <param name="Tables">All tables of the catalog.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CatalogImage")]
internal sealed record CatalogImage(
    [property: Id(0)] long Version, [property: Id(1)] IReadOnlyList<KnownTable> Tables)
{
    /// <summary>
    /// Whether decisions were kept for participants of others at some time: each silo looks for
    /// those of silos that have ended.
    /// </summary>
    [Id(2)]
    public bool HasDecisions { get; init; }

    public KnownTable? Find(string name)
        => Tables.FirstOrDefault(table => table.Name == name);

    /// <summary>
    /// The next image. Its version is a time at least, so that a client that outlives all silos
    /// finds the version of later ones newer.
    /// </summary>
    public CatalogImage Next(IReadOnlyList<KnownTable> tables, TimeProvider time)
        => this with
        {
            Version = NextVersion(time),
            Tables = tables,
        };

    /// <summary>The version of the next image.</summary>
    public long NextVersion(TimeProvider time)
        => Math.Max(Version + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
}

/// <summary>What every silo knows of a table.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="IsBeingDeleted">Whether it cannot be used any more.</param>
/// <param name="HasUnreadable">Whether records of it were set aside at some time.</param>
/// <param name="Indexes">
/// The indexes that every writer has to know, and every partition has. While one is added or
/// removed, the catalog itself does not have it.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.KnownTable")]
internal sealed record KnownTable(
    [property: Id(0)] string Name,
    [property: Id(1)] bool IsBeingDeleted,
    [property: Id(2)] bool HasUnreadable,
    [property: Id(3)] IReadOnlyList<IndexSchema> Indexes)
{
    /// <summary>
    /// Whether transactions were prepared in it at some time: each load looks for them.
    /// </summary>
    [Id(5)]
    public bool HasPrepared { get; init; }

    /// <summary>Tells it from an earlier table of its name.</summary>
    [Id(6)]
    public long Made { get; init; }

    /// <summary>
    /// Whether its deletion is being written: it exists or not, and only the catalog knows.
    /// </summary>
    [Id(4)]
    public bool IsInDoubt { get; init; }
}
