using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Memento.Tables;

/// <summary>The indexes that a table has at one time.</summary>
internal sealed class IndexSet
{
    public IndexSet(IEnumerable<IndexDefinition> indexes, long version = 0)
    {
        Version = version;
        All = [.. indexes];
        Unique = [.. All.Where(static index => index.Unique)];
        Stamp = IndexReference.IdentityOf(All.Select(IndexSchema.Of));
    }

    /// <summary>
    /// The version of the catalog that told of them; 0 for those that a type declares, and in a
    /// partition.
    /// </summary>
    public long Version { get; }

    public ImmutableArray<IndexDefinition> All { get; }

    /// <summary>The unique indexes.</summary>
    public ImmutableArray<IndexDefinition> Unique { get; }

    /// <summary>
    /// A number that is the same in all processes with the same indexes: a writer has to know all
    /// indexes.
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

    /// <summary>Finds the index that another process names; null if it does not exist.</summary>
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
            if (index.Info.Properties.SequenceEqual(properties, StringComparer.Ordinal))
                return index;
        }

        return null;
    }

    public IndexSet With(IndexDefinition index)
        => All.Contains(index) ? this : new IndexSet([.. All, index]);

    public IndexSet Without(IndexDefinition index)
        => new(All.Where(other => other != index));
}

/// <summary>
/// Names an index for another process. The name alone is not enough: an index on <c>A_B</c> and an
/// index on <c>A</c> and <c>B</c> have the same name, and a table may have one after the other.
/// </summary>
/// <param name="Name">The name, for people.</param>
/// <param name="Identity">
/// A number that is the same for indexes on the same properties with the same encodings.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.IndexReference")]
internal sealed record IndexReference(
    [property: Id(0)] string Name,
    [property: Id(1)] ulong Identity)
{
    public static IndexReference To(IndexSchema index)
        => new(index.Name, IdentityOf([index]));

    /// <summary>A number that is the same for the same indexes, in any order.</summary>
    public static ulong IdentityOf(IEnumerable<IndexSchema> indexes)
    {
        string text = string.Join(
            '\n',
            indexes
                .Select(static index => $"{index.Property}: {index.Type} {index.Unique}")
                .Order(StringComparer.Ordinal));
        return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

/// <summary>
/// The stored form of an entry of a unique index: the key of the record that has the value.
/// </summary>
internal static class UniqueEntry
{
    private const string KeyProperty = "key";

    public static byte[] ToDocument(byte[] owner)
        => Encoding.UTF8.GetBytes($$"""{"{{KeyProperty}}":"{{Convert.ToHexString(owner)}}"}""");

    public static byte[] FromDocument(ReadOnlyMemory<byte> document)
    {
        using JsonDocument json = JsonDocument.Parse(document);
        return Convert.FromHexString(json.RootElement.GetProperty(KeyProperty).GetString()!);
    }
}
