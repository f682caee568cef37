using System.Text.Json;
using Memento.Journaling;
using Orleans.Storage;

namespace Memento.Hosting;

/// <summary>Keeps the catalog and the sequences as plain JSON.</summary>
internal sealed class CatalogSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input)
        => new(JsonSerializer.SerializeToUtf8Bytes(input, CatalogJson.Options));

    public T Deserialize<T>(BinaryData input)
        => JsonSerializer.Deserialize<T>(input.ToMemory().Span, CatalogJson.Options)!;
}
