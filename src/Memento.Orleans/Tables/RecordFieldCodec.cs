using System.Buffers;
using Memento.Tables.Documents;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Memento.Tables;

/// <summary>Writes a record into a message as its document, length first.</summary>
/// <typeparam name="T">The record type of a table, or a derived type that it names.</typeparam>
internal sealed class RecordFieldCodec<T>(TableDefinition table) : IFieldCodec<T?>
    where T : class
{
    private readonly Lazy<DocumentSerializer<T>> _serializer = new(() => new(table.Name));

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, T? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (value is not null && value.GetType() != typeof(T))
        {
            writer.Session.CodecProvider.GetCodec(value.GetType())
                .WriteField(ref writer, fieldIdDelta, expectedType, value);
            return;
        }

        // Null, or a record that the message has already.
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value))
            return;

        table.RequireRecordType(value);
        byte[] document = _serializer.Value.Serialize(value!);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(T), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)document.Length);
        writer.Write(document);
    }

    public T? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
            return ReferenceCodec.ReadReference<T, TInput>(ref reader, field);
        if (field.FieldType is { } type && type != typeof(T))
            return (T?)reader.Session.CodecProvider.GetCodec(type).ReadValue(ref reader, field);

        field.EnsureWireType(WireType.LengthPrefixed);
        uint length = reader.ReadVarUInt32();
        T record = reader.TryReadBytes(checked((int)length), out ReadOnlySpan<byte> document)
            ? _serializer.Value.Deserialize(document)
            : _serializer.Value.Deserialize(reader.ReadBytes(length));
        ReferenceCodec.RecordObject(reader.Session, record);
        return record;
    }
}
