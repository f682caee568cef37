using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// Tells another process which indexes a table has, because it did not know. It travels inside the error
/// that ends the attempt, and never leaves the store by itself.
/// </summary>
[GenerateSerializer]
[Alias("Memento.IndexesChangedException")]
internal sealed class IndexesChangedException(IReadOnlyList<IndexSchema> indexes)
    : Exception($"The indexes are {string.Join(", ", indexes.Select(static index => index.Name))}.")
{
    /// <summary>The indexes that the table has.</summary>
    [Id(0)]
    public IReadOnlyList<IndexSchema> Indexes { get; } = indexes;
}
