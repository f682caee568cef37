using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Memento.Tables.Keys;

namespace Memento.Tables.Documents;

/// <summary>Writes the records of one table as documents, JSON in UTF-8, and reads them.</summary>
internal sealed class DocumentSerializer<T>(string table)
    where T : class
{
    private readonly JsonTypeInfo<T> _typeInfo =
        (JsonTypeInfo<T>)DocumentFormat.Options.GetTypeInfo(typeof(T));

    /// <exception cref="ArgumentException">The record holds what a document cannot.</exception>
    public byte[] Serialize(T record)
    {
        try
        {
            // Its buffers and its writer are cached for each thread; only the result is allocated.
            return JsonSerializer.SerializeToUtf8Bytes(record, _typeInfo);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new ArgumentException(
                $"A record of table '{table}' cannot be stored as JSON: {exception.Message}",
                nameof(record),
                exception);
        }
    }

    /// <exception cref="JsonException">It is not a document of this table.</exception>
    public T Deserialize(ReadOnlySpan<byte> document)
        => JsonSerializer.Deserialize(document, _typeInfo)
            ?? throw new JsonException($"A document of table '{table}' is null.");

    /// <summary>Reads a stored document.</summary>
    /// <exception cref="StorageException">It does not fit the record type.</exception>
    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "A record's own constructor may throw anything.")]
    public T Deserialize(ReadOnlySpan<byte> document, Key key)
    {
        try
        {
            return Deserialize(document);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new StorageException(
                $"The record of table '{table}' with key bytes {key} cannot be read: its document "
                + $"does not fit the type '{TypeName.Of<T>()}'. {exception.Message} Change the "
                + "type so that it reads the stored documents, or repair the document in the "
                + "storage.",
                exception);
        }
    }
}
