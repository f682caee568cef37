using Memento.Tables;

namespace Memento.Grains;

/// <inheritdoc cref="ITableIndexGrain"/>
internal sealed class TableIndexGrain(TableRegistry tables, IndexBuilder indexes)
    : Grain, ITableIndexGrain
{
    private TableDefinition Table => tables.Get(this.GetPrimaryKeyString());

    public async Task<List<IndexInfo>> AddAsync(IndexInfo index)
    {
        await indexes.AddAsync(Table, index, isDeclared: false);
        return IndexesOf(Table);
    }

    public async Task<List<IndexInfo>> RemoveAsync(IReadOnlyList<string> properties)
    {
        await indexes.RemoveAsync(Table, properties);
        return IndexesOf(Table);
    }

    private static List<IndexInfo> IndexesOf(TableDefinition table)
        => [.. table.Indexes.Select(static index => index.Info)];
}
