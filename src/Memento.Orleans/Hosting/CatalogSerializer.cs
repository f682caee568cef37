using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace Memento.Hosting;

/// <summary>Keeps the catalog and the sequences as plain JSON, without names of CLR types.</summary>
internal sealed class CatalogSerializer : IGrainStorageSerializer
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new JsonStringEnumConverter() },
    };

    public BinaryData Serialize<T>(T? input)
        => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    public T Deserialize<T>(BinaryData input)
        => JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options)!;
}
