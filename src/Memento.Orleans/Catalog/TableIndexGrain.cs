using Memento.Messages;
using Memento.Tables;
using Orleans.GrainDirectory;

namespace Memento.Catalog;

/// <inheritdoc cref="ITableIndexGrain"/>
[GrainDirectory(StoreDirectory.Name)]
internal sealed class TableIndexGrain(TableRegistry tables, IndexBuilder indexes)
    : Grain, ITableIndexGrain
{
    private TableDefinition Table => tables.Get(this.GetPrimaryKeyString());

    public async Task<List<IndexSchema>> AddAsync(IndexInfo index)
    {
        await indexes.AddAsync(Table, index, isDeclared: false);
        return IndexesOf(Table);
    }

    public async Task<List<IndexSchema>> RemoveAsync(IReadOnlyList<string> properties)
    {
        await indexes.RemoveAsync(Table, properties);
        return IndexesOf(Table);
    }

    private static List<IndexSchema> IndexesOf(TableDefinition table)
        => [.. table.Indexes.Select(IndexSchema.Of)];
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
    Task<List<IndexSchema>> AddAsync(IndexInfo index);

    /// <summary>Removes an index, and returns the remaining indexes of the table.</summary>
    [Alias("RemoveAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task<List<IndexSchema>> RemoveAsync(IReadOnlyList<string> properties);
}
