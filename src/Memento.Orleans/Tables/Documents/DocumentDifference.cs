using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>Finds the difference between two documents of one type, for messages.</summary>
internal static class DocumentDifference
{
    /// <summary>The path of the first difference; empty if it cannot be found.</summary>
    public static string PathOf(byte[] left, byte[] right)
    {
        var depth = new JsonDocumentOptions { MaxDepth = DocumentFormat.MaxDepth };
        using JsonDocument one = JsonDocument.Parse(left, depth);
        using JsonDocument other = JsonDocument.Parse(right, depth);
        return Find(one.RootElement, other.RootElement)?.TrimStart('.') ?? "";
    }

    private static string? Find(JsonElement left, JsonElement right)
    {
        if (left.ValueKind == JsonValueKind.Object && right.ValueKind == JsonValueKind.Object)
            return FindInObjects(left, right);
        if (left.ValueKind == JsonValueKind.Array && right.ValueKind == JsonValueKind.Array)
            return FindInArrays(left, right);

        return left.ValueKind == right.ValueKind && left.GetRawText() == right.GetRawText()
            ? null
            : "";
    }

    private static string? FindInObjects(JsonElement left, JsonElement right)
    {
        foreach (JsonProperty member in left.EnumerateObject())
        {
            string? found = right.TryGetProperty(member.Name, out JsonElement other)
                ? Find(member.Value, other)
                : "";
            if (found is not null) return $".{member.Name}{found}";
        }

        return left.GetPropertyCount() == right.GetPropertyCount() ? null : "";
    }

    private static string? FindInArrays(JsonElement left, JsonElement right)
    {
        if (left.GetArrayLength() != right.GetArrayLength()) return "";

        for (int index = 0; index < left.GetArrayLength(); index++)
        {
            if (Find(left[index], right[index]) is { } found) return $"[{index}]{found}";
        }

        return null;
    }
}

/// <summary>
/// Finds the value for which a document could not be written: the document ends there.
/// </summary>
internal static class UnfinishedDocument
{
    /// <summary>
    /// The path of the value that fails; empty if no value fails, or it cannot be found.
    /// </summary>
    public static string PathOf<T>(T record, JsonTypeInfo<T> type)
    {
        var written = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(written, new JsonWriterOptions
        {
            MaxDepth = DocumentFormat.MaxDepth,
        });
        try
        {
            JsonSerializer.Serialize(writer, record, type);
            return "";
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            writer.Flush();
            return PathOfEnd(written.WrittenSpan);
        }
    }

    private static string PathOfEnd(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(
            document,
            isFinalBlock: false,
            new JsonReaderState(new JsonReaderOptions { MaxDepth = DocumentFormat.MaxDepth }));
        var names = new Stack<string>();
        string name = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = reader.GetString()!;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    names.Push(name);
                    name = "";
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    names.Pop();
                    name = "";
                    break;
            }
        }

        return string.Join('.', names.Reverse().Append(name).Where(static part => part.Length > 0));
    }
}
