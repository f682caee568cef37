using System.Reflection;

namespace Memento.Tables;

/// <summary>Reads a property without boxing: false where it is null.</summary>
internal delegate bool TryGetValue<in TRecord, TValue>(TRecord record, out TValue value);

/// <summary>A stored property whose value is read without boxing.</summary>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <typeparam name="TValue">The property's type without <see cref="Nullable{T}"/>.</typeparam>
internal sealed class RecordProperty<TRecord, TValue>(
    PropertyInfo info, TryGetValue<TRecord, TValue> tryGet)
    : RecordProperty(info, typeof(TValue))
    where TRecord : class
    where TValue : notnull
{
    public TryGetValue<TRecord, TValue> TryGet { get; } = tryGet;

    public override object? GetValue(object record)
        => TryGet((TRecord)record, out TValue value) ? value : null;
}
