using System.Text;
using System.Text.Json;

namespace Memento.Tables;

/// <summary>The stored form of an entry of a unique index: the key of the record that has the value.</summary>
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
