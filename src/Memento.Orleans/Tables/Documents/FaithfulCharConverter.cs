using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memento.Tables.Documents;

/// <summary>Characters as the serializer writes them, except that it may not alter any.</summary>
internal sealed class FaithfulCharConverter : JsonConverter<char>
{
    public override char Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.GetString();
        return text is { Length: 1 }
            ? text[0]
            : throw new JsonException($"a single character is expected, not '{text}'");
    }

    public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options)
    {
        Surrogates.RefuseUnpaired([value]);
        writer.WriteStringValue([value]);
    }

    public override char ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Read(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(
        Utf8JsonWriter writer, char value, JsonSerializerOptions options)
    {
        Surrogates.RefuseUnpaired([value]);
        writer.WritePropertyName([value]);
    }
}
