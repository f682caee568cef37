using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memento;

/// <summary>Descriptions as JSON for people.</summary>
internal static class DescriptionJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Of<T>(T description) => JsonSerializer.Serialize(description, Options);
}
