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

    /// <summary>What a partition that is loaded has to know of its table.</summary>
    [Alias("FindAsync")]
    Task<TablePresence> FindAsync(string name);

    /// <summary>
    /// Makes the stored table for the records that are set aside, if it is missing, and remembers
    /// that there is one.
    /// </summary>
    [Alias("AddUnreadableAsync")]
    Task AddUnreadableAsync(string name);

    /// <summary>The names of the tables that exist, in ordinal order.</summary>
    [Alias("ListAsync")]
    Task<List<string>> ListAsync();

    /// <summary>Makes a table if it is missing; if it exists, checks that it is the same.</summary>
    [Alias("EnsureAsync")]
    Task<EnsureResponse> EnsureAsync(TableSchema schema);

    /// <summary>The indexes of a table; null if it does not exist.</summary>
    [Alias("IndexesAsync")]
    Task<List<IndexInfo>?> IndexesAsync(string name);

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

/// <summary>Whether a table exists.</summary>
[GenerateSerializer]
[Alias("Memento.TablePresence")]
internal enum TablePresence
{
    /// <summary>It does not exist, or is being deleted.</summary>
    Absent = 0,

    /// <summary>It exists.</summary>
    Present = 1,

    /// <summary>It exists, and records of it were set aside at some time.</summary>
    HasUnreadable = 2,
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

    /// <summary>The indexes that were added while an earlier program ran.</summary>
    [Id(1)]
    public IReadOnlyList<IndexInfo> Added { get; init; } = [];

    /// <summary>
    /// The names of the unique indexes that have to be filled before they can be used.
    /// </summary>
    [Id(2)]
    public IReadOnlyList<string> Unfilled { get; init; } = [];
}
