using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memento.Tables.Documents;

/// <summary>Strings as the serializer writes them, except that it may not alter any.</summary>
internal sealed class FaithfulStringConverter : JsonConverter<string?>
{
    public override string? Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.GetString();

    public override void Write(
        Utf8JsonWriter writer, string? value, JsonSerializerOptions options)
    {
        Surrogates.RefuseUnpaired(value);
        writer.WriteStringValue(value);
    }

    public override string ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.GetString()!;

    public override void WriteAsPropertyName(
        Utf8JsonWriter writer, string? value, JsonSerializerOptions options)
    {
        Surrogates.RefuseUnpaired(value);
        writer.WritePropertyName(value!);
    }
}
