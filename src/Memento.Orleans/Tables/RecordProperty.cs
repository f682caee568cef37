using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Memento.Keys;

namespace Memento.Tables;

/// <summary>A stored property of a record type.</summary>
internal abstract class RecordProperty(PropertyInfo info, Type valueType)
{
    public PropertyInfo Info { get; } = info;

    public string Name => Info.Name;

    /// <summary>The declared type, for example <c>int?</c>.</summary>
    public Type Type => Info.PropertyType;

    /// <summary>
    /// The declared type without <see cref="Nullable{T}"/>, for example <c>int</c>.
    /// </summary>
    public Type ValueType { get; } = valueType;

    /// <summary>
    /// The bytes that the property takes in the record itself; a reference is eight.
    /// </summary>
    public abstract int InlineSize { get; }

    /// <summary>The value, boxed, or null.</summary>
    public abstract object? GetValue(object record);

    /// <summary>Whether the value is not null. Does not box.</summary>
    public abstract bool HasValue(object record);

    /// <summary>Calls the visitor with the types as type parameters.</summary>
    public abstract TResult Accept<TResult>(IPropertyVisitor<TResult> visitor);

    /// <summary>Makes the property a part of a key.</summary>
    /// <exception cref="ArgumentException">The property's type has no encoding.</exception>
    public KeyPart ToKeyPart()
        => KeyComponents.TryGet(Type, out KeyComponent? component)
            ? new KeyPart(Name, Type, component)
            : throw new ArgumentException($"'{Name}' cannot be a part of a key.");

    /// <summary>An estimate of the bytes that the value takes outside the record.</summary>
    public abstract long EstimateReferencedSize(object record);
}

/// <summary>Reads a property without boxing; false if it is null.</summary>
internal delegate bool TryGetValue<in TRecord, TValue>(TRecord record, out TValue value);

/// <summary>A stored property whose value is read without boxing.</summary>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <typeparam name="TValue">The property's type without <see cref="Nullable{T}"/>.</typeparam>
internal sealed class RecordProperty<TRecord, TValue> : RecordProperty
    where TRecord : class
    where TValue : notnull
{
    /// <summary>Header, length and rounding of a string or an array.</summary>
    private const int ArrayOverhead = 24;

    /// <summary>A list or dictionary with its array.</summary>
    private const int CollectionOverhead = 80;

    /// <summary>
    /// The estimate for an element of unknown size, with the objects that it refers to.
    /// </summary>
    private const int ElementGuess = 40;

    /// <summary>The estimate for an object of unknown size.</summary>
    private const int ObjectGuess = 80;

    public RecordProperty(PropertyInfo info, TryGetValue<TRecord, TValue> tryGet)
        : base(info, typeof(TValue))
        => TryGet = tryGet;

    public TryGetValue<TRecord, TValue> TryGet { get; }

    public override int InlineSize { get; } = Unsafe.SizeOf<TValue>();

    public override object? GetValue(object record)
        => TryGet((TRecord)record, out TValue value) ? value : null;

    public override bool HasValue(object record) => TryGet((TRecord)record, out _);

    public override TResult Accept<TResult>(IPropertyVisitor<TResult> visitor)
        => visitor.Visit(this);

    public override long EstimateReferencedSize(object record)
    {
        if (typeof(TValue).IsValueType || !TryGet((TRecord)record, out TValue value)) return 0;

        return value switch
        {
            string text => ArrayOverhead + (sizeof(char) * (long)text.Length),
            byte[] bytes => ArrayOverhead + bytes.LongLength,
            ICollection collection => CollectionOverhead + (ElementGuess * (long)collection.Count),
            _ => ObjectGuess,
        };
    }
}

/// <summary>Makes <see cref="RecordProperty"/> objects, with getters bound once.</summary>
internal static class RecordPropertyFactory
{
    public static RecordProperty Create(Type recordType, PropertyInfo info)
    {
        Type? nullableValue = Nullable.GetUnderlyingType(info.PropertyType);
        string factory = nullableValue is not null ? nameof(ForNullable)
            : info.PropertyType.IsValueType ? nameof(ForValue)
            : nameof(ForReference);
        MethodInfo method = typeof(RecordPropertyFactory)
            .GetMethod(factory, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(recordType, nullableValue ?? info.PropertyType);
        return method.CreateDelegate<Func<PropertyInfo, RecordProperty>>()(info);
    }

    private static RecordProperty<TRecord, TValue> ForValue<TRecord, TValue>(PropertyInfo info)
        where TRecord : class
        where TValue : struct
    {
        var get = info.GetMethod!.CreateDelegate<Func<TRecord, TValue>>();
        return new RecordProperty<TRecord, TValue>(
            info,
            (record, out value) =>
            {
                value = get(record);
                return true;
            });
    }

    private static RecordProperty<TRecord, TValue> ForNullable<TRecord, TValue>(PropertyInfo info)
        where TRecord : class
        where TValue : struct
    {
        var get = info.GetMethod!.CreateDelegate<Func<TRecord, TValue?>>();
        return new RecordProperty<TRecord, TValue>(
            info,
            (record, out value) =>
            {
                TValue? found = get(record);
                value = found.GetValueOrDefault();
                return found.HasValue;
            });
    }

    private static RecordProperty<TRecord, TValue> ForReference<TRecord, TValue>(PropertyInfo info)
        where TRecord : class
        where TValue : class
    {
        var get = info.GetMethod!.CreateDelegate<Func<TRecord, TValue?>>();
        return new RecordProperty<TRecord, TValue>(
            info,
            (record, out value) =>
            {
                value = get(record)!;
                return value is not null;
            });
    }
}
