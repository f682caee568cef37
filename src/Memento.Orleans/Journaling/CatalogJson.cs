using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memento.Journaling;

/// <summary>How the catalog and the sequences are stored: plain JSON, without names of CLR types.</summary>
internal static class CatalogJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Whether two states are stored as the same document.</summary>
    public static bool AreEqual<T>(T left, T right)
        => JsonSerializer.SerializeToUtf8Bytes(left, Options).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, Options));
}
