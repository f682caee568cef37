using System.Collections.Immutable;

namespace Memento.Tables;

/// <summary>The indexes that a table has at one time.</summary>
internal sealed class IndexSet
{
    public IndexSet(IEnumerable<IndexDefinition> indexes)
    {
        All = [.. indexes];
        Unique = [.. All.Where(static index => index.Unique)];
        Stamp = IndexReference.IdentityOf(All.Select(IndexSchema.Of));
    }

    public ImmutableArray<IndexDefinition> All { get; }

    /// <summary>The unique ones among them.</summary>
    public ImmutableArray<IndexDefinition> Unique { get; }

    /// <summary>
    /// The same in all processes that have the same indexes: who writes has to know them all.
    /// </summary>
    public ulong Stamp { get; }

    public IndexDefinition? Find(string name)
    {
        foreach (IndexDefinition index in All)
        {
            if (index.Name == name) return index;
        }

        return null;
    }

    /// <summary>Finds the index that another process means; null where it is not there.</summary>
    public IndexDefinition? Find(IndexReference reference)
    {
        foreach (IndexDefinition index in All)
        {
            if (index.Reference.Identity == reference.Identity) return index;
        }

        return null;
    }

    /// <summary>Finds the index on these properties, in their order.</summary>
    public IndexDefinition? Find(IReadOnlyList<string> properties)
    {
        foreach (IndexDefinition index in All)
        {
            if (index.Info.Properties.SequenceEqual(properties, StringComparer.Ordinal)) return index;
        }

        return null;
    }

    public IndexSet With(IndexDefinition index)
        => All.Contains(index) ? this : new IndexSet([.. All, index]);

    public IndexSet Without(IndexDefinition index)
        => new(All.Where(other => other != index));
}
