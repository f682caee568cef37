using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Memento.Tables;

/// <summary>The indexes that a table has at one time.</summary>
internal sealed class IndexSet
{
    public IndexSet(IEnumerable<IndexDefinition> indexes)
    {
        All = [.. indexes];
        Unique = [.. All.Where(static index => index.Unique)];
        Stamp = StampOf(All);
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

    public IndexSet With(IndexDefinition index)
        => All.Contains(index) ? this : new IndexSet([.. All, index]);

    public IndexSet Without(IndexDefinition index)
        => new(All.Where(other => other != index));

    private static ulong StampOf(ImmutableArray<IndexDefinition> indexes)
    {
        string text = string.Join(
            '\n',
            indexes
                .Select(static index => $"{index.Name} {index.Unique}")
                .Order(StringComparer.Ordinal));
        return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
