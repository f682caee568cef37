using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Memento.Tables;

/// <summary>Reads a property without boxing: false where it is null.</summary>
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

    /// <summary>An element of which nothing is known, with what it refers to.</summary>
    private const int ElementGuess = 40;

    /// <summary>An object of which nothing is known.</summary>
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
        if (typeof(TValue).IsValueType || !TryGet((TRecord)record, out TValue value))
            return 0;

        return value switch
        {
            string text => ArrayOverhead + (sizeof(char) * (long)text.Length),
            byte[] bytes => ArrayOverhead + bytes.LongLength,
            ICollection collection => CollectionOverhead + (ElementGuess * (long)collection.Count),
            _ => ObjectGuess,
        };
    }
}
