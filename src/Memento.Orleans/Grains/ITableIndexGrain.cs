namespace Memento.Grains;

/// <summary>Adds and removes indexes of a table, one after the other; id the table's name.</summary>
[Alias("Memento.ITableIndexGrain")]
internal interface ITableIndexGrain : IGrainWithStringKey
{
    /// <summary>Adds an index, and gives those that the table has then.</summary>
    [Alias("AddAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task<List<IndexInfo>> AddAsync(IndexInfo index);

    /// <summary>Removes an index, and gives those that the table has then.</summary>
    [Alias("RemoveAsync")]
    [ResponseTimeout(IndexBuilder.LongestCall)]
    Task<List<IndexInfo>> RemoveAsync(IReadOnlyList<string> properties);
}
