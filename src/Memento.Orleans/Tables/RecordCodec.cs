using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;

namespace Memento.Tables;

/// <summary>
/// Carries registered record types through Orleans as their documents, so that a record type needs
/// no serializer attributes. A type that has them keeps Orleans' own serializer: Orleans looks
/// there first, and the application has said what it wants.
/// </summary>
internal sealed class RecordCodec(TableRegistry tables)
    : ISpecializableCodec, ISpecializableCopier, ITypeFilter
{
    /// <summary>
    /// A derived type that no table has is taken too, to refuse its records with a reason.
    /// </summary>
    public bool IsSupportedType(Type type) => tables.FindByBase(type) is not null;

    public IFieldCodec GetSpecializedCodec(Type type)
        => (IFieldCodec)Bind(typeof(RecordFieldCodec<>), type);

    public IDeepCopier GetSpecializedCopier(Type type)
        => (IDeepCopier)Bind(typeof(RecordDeepCopier<>), type);

    /// <summary>
    /// Registered types may be named in messages, and so may our own generic types over them, such as
    /// the calls of <see cref="IRecord{T}"/>; of others this says nothing.
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
