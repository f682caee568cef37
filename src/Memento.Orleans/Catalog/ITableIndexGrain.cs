using Memento.Tables;

namespace Memento.Catalog;

/// <summary>Adds and removes indexes of a table, one after the other; id the table's name.</summary>
[Alias("Memento.ITableIndexGrain")]
internal interface ITableIndexGrain : IGrainWithStringKey
{
    /// <summary>Adds an index, and gives those that the table has then.</summary>
    [Alias("AddAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task<List<IndexSchema>> AddAsync(IndexInfo index);

    /// <summary>Removes an index, and gives those that the table has then.</summary>
    [Alias("RemoveAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task<List<IndexSchema>> RemoveAsync(IReadOnlyList<string> properties);
}
