using Memento.Messages;
using Memento.Tables;
using Orleans.GrainDirectory;

namespace Memento.Catalog;

/// <inheritdoc cref="ITableIndexGrain"/>
[GrainDirectory(StoreDirectory.Name)]
internal sealed class TableIndexGrain(
    TableRegistry tables, KnownTables known, IndexBuilder indexes)
    : Grain, ITableIndexGrain
{
    private TableDefinition Table => tables.Get(this.GetPrimaryKeyString());

    public async Task<KnownIndexes> AddAsync(IndexInfo index)
    {
        await known.WaitAsync();
        await indexes.AddAsync(Table, index, isDeclared: false);
        return KnownIndexes.Of(Table);
    }

    public async Task<KnownIndexes> RemoveAsync(IReadOnlyList<string> properties)
    {
        await known.WaitAsync();
        await indexes.RemoveAsync(Table, properties);
        return KnownIndexes.Of(Table);
    }

    public async Task EnsureAddedAsync(MissingIndex missing)
    {
        await known.WaitAsync();
        await indexes.EnsureAddedAsync(Table, missing.Index, missing.IsDeclared);
    }

    public async Task EnsureRemovedAsync(IndexInfo index)
    {
        await known.WaitAsync();
        await indexes.EnsureRemovedAsync(Table, index);
    }
}

/// <summary>
/// Adds and removes indexes of a table, one after the other. Its id is the table's name.
/// </summary>
[Alias("Memento.ITableIndexGrain")]
internal interface ITableIndexGrain : IGrainWithStringKey
{
    /// <summary>Adds an index, and returns all indexes of the table.</summary>
    [Alias("AddAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task<KnownIndexes> AddAsync(IndexInfo index);

    /// <summary>Removes an index, and returns the remaining indexes of the table.</summary>
    [Alias("RemoveAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task<KnownIndexes> RemoveAsync(IReadOnlyList<string> properties);

    /// <summary>Adds an index for a silo that starts, unless the catalog has it.</summary>
    [Alias("EnsureAddedAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task EnsureAddedAsync(MissingIndex missing);

    /// <summary>Removes an index for a silo that starts, if the catalog has it.</summary>
    [Alias("EnsureRemovedAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task EnsureRemovedAsync(IndexInfo index);
}

/// <summary>The indexes of a table, for a client.</summary>
/// <param name="Version">The version of the catalog that told of them.</param>
/// <param name="Indexes">The indexes.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.KnownIndexes")]
internal sealed record KnownIndexes(
    [property: Id(0)] long Version, [property: Id(1)] IReadOnlyList<IndexSchema> Indexes)
{
    public static KnownIndexes Of(TableDefinition table)
    {
        IndexSet indexes = table.IndexSet;
        return new KnownIndexes(indexes.Version, [.. indexes.All.Select(IndexSchema.Of)]);
    }
}
