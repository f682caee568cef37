using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>Finds the value that a document could not be written for: it ends there.</summary>
internal static class UnfinishedDocument
{
    /// <summary>The path of the value that fails; empty where none does, or it cannot be told.</summary>
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
