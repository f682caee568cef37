using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Memento.Tables;

/// <summary>
/// Tells another process which index is meant. A name is not enough: an index on <c>A_B</c> and one on
/// <c>A</c> and <c>B</c> have the same, and a table may have one after the other.
/// </summary>
/// <param name="Name">The name, for people.</param>
/// <param name="Identity">The same for indexes on the same properties with the same encodings.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.IndexReference")]
internal sealed record IndexReference(
    [property: Id(0)] string Name,
    [property: Id(1)] ulong Identity)
{
    public static IndexReference To(IndexSchema index)
        => new(index.Name, IdentityOf([index]));

    /// <summary>The same for the same indexes, in whatever order.</summary>
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
