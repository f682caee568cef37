using System.Text.Json;
using System.Text.Json.Serialization;
using Memento.Storage;

namespace Memento.Journaling;

/// <summary>
/// A note of a state of the catalog, in the durable storage beside the records, so that the records
/// can be read right without the catalog's own database. The note counts over the state of Orleans'
/// grain storage, which is written first: a crash may leave that state ahead.
/// </summary>
/// <param name="storage">The durable storage; null if all tables are in ram.</param>
/// <param name="name">The note's name.</param>
internal sealed class CatalogNote<T>(IJournalStorage? storage, string name)
    where T : class
{
    /// <summary>Reads the note; null if there is none.</summary>
    /// <exception cref="StorageException">The storage refused, or the note was damaged.</exception>
    public async Task<T?> ReadAsync()
    {
        byte[]? note = storage is null
            ? null
            : await storage.ReadNoteAsync(name, CancellationToken.None);
        if (note is null) return null;

        try
        {
            return JsonSerializer.Deserialize<T>(note, CatalogJson.Options);
        }
        catch (JsonException exception)
        {
            throw new StorageException(
                $"The note '{name}' in {storage!.Description} cannot be read: {exception.Message} "
                + "It was changed outside Memento: put the file back from a backup.",
                exception);
        }
    }

    public Task WriteAsync(T state)
        => storage is null
            ? Task.CompletedTask
            : storage.WriteNoteAsync(
                name,
                JsonSerializer.SerializeToUtf8Bytes(state, CatalogJson.Options),
                CancellationToken.None);
}

/// <summary>
/// The stored form of the catalog and the sequences: plain JSON, without names of CLR types.
/// </summary>
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
