using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>
/// Measures a document without keeping it: one that is too long may be longer than the memory.
/// </summary>
internal sealed class DocumentLength : IBufferWriter<byte>
{
    private const int BufferBytes = 65_536;

    private byte[] _buffer = new byte[BufferBytes];
    private long _length;

    public static long Of<T>(T record, JsonTypeInfo<T> type)
    {
        var length = new DocumentLength();
        using var writer = new Utf8JsonWriter(length, new JsonWriterOptions
        {
            Encoder = DocumentFormat.Options.Encoder,
            MaxDepth = DocumentFormat.MaxDepth,
        });
        JsonSerializer.Serialize(writer, record, type);
        writer.Flush();
        return length._length;
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > _buffer.Length) _buffer = new byte[sizeHint];
        return _buffer;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
