using Memento.Messages;
using Memento.Tables;

namespace Memento.Catalog;

/// <summary>
/// The list of the tables that exist. There is one grain for the cluster; Orleans' grain storage
/// keeps it.
/// </summary>
[Alias("Memento.ICatalogGrain")]
internal interface ICatalogGrain : IGrainWithStringKey
{
    [Alias("ExistsAsync")]
    Task<bool> ExistsAsync(string name);

    /// <summary>
    /// What all silos know. From now on the silo that asks counts as one that uses the tables.
    /// </summary>
    [Alias("ReadAsync")]
    Task<CatalogImage> ReadAsync(SiloAddress silo);

    /// <summary>
    /// Makes the stored table for the records that are set aside, if it is missing, and remembers
    /// that there is one.
    /// </summary>
    [Alias("AddUnreadableAsync")]
    Task AddUnreadableAsync(string name);

    /// <summary>
    /// Makes the stored table for transactions that are prepared, if it is missing, and tells all
    /// silos that there is one.
    /// </summary>
    [Alias("AddPreparedAsync")]
    Task AddPreparedAsync(string name);

    /// <summary>
    /// Makes the stored table for decisions that participants of others wait for, if it is missing,
    /// and tells all silos that there is one.
    /// </summary>
    [Alias("AddDecisionsAsync")]
    Task AddDecisionsAsync();

    /// <summary>The names of the tables that exist, in ordinal order.</summary>
    [Alias("ListAsync")]
    Task<List<string>> ListAsync();

    /// <summary>
    /// Makes a table for a silo that starts, if it is missing; if it exists, checks that it is the
    /// same.
    /// </summary>
    [Alias("EnsureAsync")]
    Task<EnsureResponse> EnsureAsync(TableSchema schema, SiloAddress silo);

    /// <summary>The indexes of a table; null if it does not exist.</summary>
    [Alias("IndexesAsync")]
    Task<List<IndexInfo>?> IndexesAsync(string name);

    /// <summary>
    /// Tells all silos which indexes writers have to know from now on. The catalog itself stays as
    /// it is.
    /// </summary>
    /// <exception cref="MementoException">A silo cannot use one of them.</exception>
    [Alias("UseIndexesAsync")]
    Task UseIndexesAsync(string name, List<IndexSchema> indexes);

    /// <summary>Adds a built index to the catalog.</summary>
    [Alias("AddIndexAsync")]
    Task AddIndexAsync(string name, IndexSchema index, bool isDeclared);

    /// <summary>Removes an index from the catalog.</summary>
    [Alias("RemoveIndexAsync")]
    Task RemoveIndexAsync(string name, string index);

    /// <summary>Makes a table; false if it exists.</summary>
    [Alias("CreateAsync")]
    Task<bool> CreateAsync(TableSchema schema);

    /// <summary>Whether a deletion of the table has begun and is not completed.</summary>
    [Alias("IsBeingDeletedAsync")]
    Task<bool> IsBeingDeletedAsync(string name);

    /// <summary>
    /// Makes a table unusable, so that its partitions can be closed; false if it is absent. A
    /// deletion that failed half way is begun again.
    /// </summary>
    [Alias("BeginDeleteAsync")]
    Task<bool> BeginDeleteAsync(string name);

    /// <summary>Removes a table's records and its name, after its partitions are closed.</summary>
    [Alias("CompleteDeleteAsync")]
    Task CompleteDeleteAsync(string name);

    /// <summary>The secret of the continuations of pages; the first request makes it.</summary>
    [Alias("PageKeyAsync")]
    Task<byte[]> PageKeyAsync();
}

/// <summary>The result of comparing a table of the program with the stored table.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.EnsureResponse")]
internal sealed record EnsureResponse
{
    /// <summary>The contradictions to the definition; empty if there are none.</summary>
    [Id(0)]
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>
    /// The indexes that the silo needs and that have to be filled before they can be used.
    /// </summary>
    [Id(1)]
    public IReadOnlyList<MissingIndex> Missing { get; init; } = [];

    /// <summary>
    /// The indexes that other silos use, and that the type of the starting silo does not declare.
    /// </summary>
    [Id(2)]
    public IReadOnlyList<IndexInfo> Superfluous { get; init; } = [];
}

/// <summary>An index that has to be filled.</summary>
/// <param name="Index">The index.</param>
/// <param name="IsDeclared">
/// Whether the type declares it, so that the catalog need not remember it.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.MissingIndex")]
internal sealed record MissingIndex(
    [property: Id(0)] IndexInfo Index, [property: Id(1)] bool IsDeclared);
