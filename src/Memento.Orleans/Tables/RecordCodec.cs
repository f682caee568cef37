using System.Buffers;
using Memento.Tables.Documents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;

namespace Memento.Tables;

/// <summary>
/// Sends registered record types through Orleans as their documents, so that a record type needs no
/// serializer attributes. A type with such attributes keeps Orleans' own serializer: Orleans looks
/// there first, and the application has chosen it.
/// </summary>
internal sealed class RecordCodec(TableRegistry tables)
    : ISpecializableCodec, ISpecializableCopier, ITypeFilter
{
    /// <summary>
    /// A derived type without a table is accepted too, so that its records are refused with a
    /// reason.
    /// </summary>
    public bool IsSupportedType(Type type) => tables.FindByBase(type) is not null;

    public IFieldCodec GetSpecializedCodec(Type type)
        => (IFieldCodec)Bind(typeof(RecordFieldCodec<>), type);

    public IDeepCopier GetSpecializedCopier(Type type)
        => (IDeepCopier)Bind(typeof(RecordDeepCopier<>), type);

    /// <summary>
    /// Allows the names of registered types in messages, and of our own generic types over them,
    /// such as the calls of <see cref="IRecord{T}"/>. Leaves other types undecided.
    /// </summary>
    public bool? IsTypeAllowed(Type type)
        => IsRecord(type) || IsOursOverRecords(type) ? true : null;

    private bool IsRecord(Type type) => tables.FindByRecord(type) is not null;

    private bool IsOursOverRecords(Type type)
        => type.IsConstructedGenericType
            && (type.Assembly == typeof(IRecord<>).Assembly
                || type.Assembly == typeof(RecordCodec).Assembly)
            && Array.TrueForAll(type.GenericTypeArguments, IsRecord);

    private object Bind(Type generic, Type recordType)
        => Activator.CreateInstance(
            generic.MakeGenericType(recordType), tables.FindByBase(recordType))!;
}

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

        // The record is null, or the message has it already.
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

/// <summary>Registers the serializer of records, in silos and in clients.</summary>
internal static class RecordSerializerExtensions
{
    /// <summary>
    /// Registers the serializer for the record types of the <see cref="TableRegistry"/>, which has
    /// to be a service. A second call does nothing.
    /// </summary>
    public static IServiceCollection AddMementoRecordSerializer(this IServiceCollection services)
    {
        services.TryAddSingleton<RecordCodec>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<ISpecializableCodec, RecordCodec>(Find));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<ISpecializableCopier, RecordCodec>(Find));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITypeFilter, RecordCodec>(Find));
        return services;
    }

    private static RecordCodec Find(IServiceProvider services)
        => services.GetRequiredService<RecordCodec>();
}
