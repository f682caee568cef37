using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memento.Tables.Documents;

/// <summary>
/// Writes characters as the serializer does, but refuses those that the serializer would change.
/// </summary>
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

/// <summary>
/// Writes strings as the serializer does, but refuses those that the serializer would change.
/// </summary>
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

/// <summary>
/// Writes URIs as the serializer does, but a relative URI stays relative: Unix reads <c>/path</c>
/// as the name of a file, which makes it absolute.
/// </summary>
internal sealed class FaithfulUriConverter : JsonConverter<Uri>
{
    public override Uri Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Parse(reader.GetString());

    public override void Write(Utf8JsonWriter writer, Uri value, JsonSerializerOptions options)
    {
        Surrogates.RefuseUnpaired(value.OriginalString);
        writer.WriteStringValue(TextOf(value));
    }

    public override Uri ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Parse(reader.GetString());

    public override void WriteAsPropertyName(
        Utf8JsonWriter writer, Uri value, JsonSerializerOptions options)
    {
        Surrogates.RefuseUnpaired(value.OriginalString);
        writer.WritePropertyName(TextOf(value));
    }

    /// <summary>The text of a URI in a document: the text that the URI was made from.</summary>
    public static string TextOf(Uri uri)
        => uri.IsAbsoluteUri && uri.OriginalString.StartsWith('/')
            ? uri.AbsoluteUri
            : uri.OriginalString;

    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? uri)
        => Uri.TryCreate(
            text,
            text is ['/', ..] ? UriKind.Relative : UriKind.RelativeOrAbsolute,
            out uri);

    private static Uri Parse(string? text)
        => TryParse(text, out Uri? uri) ? uri : throw new JsonException($"'{text}' is no URI");
}
