using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Memento.Tables.Documents;

/// <summary>Writes a record into a message as its document, length first.</summary>
internal sealed class RecordFieldCodec<T>(TableDefinition<T> table) : IFieldCodec<T?>
    where T : class
{
    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, T? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        // Null, or a record that the message has already.
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value))
            return;

        byte[] document = table.Serialize(value!);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(T), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)document.Length);
        writer.Write(document);
    }

    public T? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
            return ReferenceCodec.ReadReference<T, TInput>(ref reader, field);

        field.EnsureWireType(WireType.LengthPrefixed);
        uint length = reader.ReadVarUInt32();
        var record = (T)(reader.TryReadBytes(checked((int)length), out ReadOnlySpan<byte> document)
            ? table.Deserialize(document)
            : table.Deserialize(reader.ReadBytes(length)));
        ReferenceCodec.RecordObject(reader.Session, record);
        return record;
    }
}
