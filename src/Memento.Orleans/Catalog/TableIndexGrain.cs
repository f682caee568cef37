using Memento.Tables;

namespace Memento.Catalog;

/// <inheritdoc cref="ITableIndexGrain"/>
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
