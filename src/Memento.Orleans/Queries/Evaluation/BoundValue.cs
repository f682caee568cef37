using System.Runtime.CompilerServices;
using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>A value that can be read from a record, or from an item of a collection.</summary>
internal abstract class BoundValue<TRecord>(ValueShape shape)
{
    public ValueShape Shape { get; } = shape;

    /// <summary>Whether the value is not null. Does not box.</summary>
    public abstract bool HasValue(TRecord record);

    /// <summary>This value; the value of an enum as its underlying integer.</summary>
    public abstract BoundValue<TRecord> WithoutEnum();

    /// <summary>Calls the visitor with the type of the value as a type parameter.</summary>
    public abstract TResult Accept<TResult>(IBoundValueVisitor<TRecord, TResult> visitor);
}

/// <summary>A value that is read without boxing.</summary>
/// <typeparam name="TRecord">The record, or the item of a collection.</typeparam>
/// <typeparam name="TValue">The value's type without <see cref="Nullable{T}"/>.</typeparam>
internal sealed class BoundValue<TRecord, TValue>(
    ValueShape shape, TryGetValue<TRecord, TValue> tryGet)
    : BoundValue<TRecord>(shape)
{
    public TryGetValue<TRecord, TValue> TryGet { get; } = tryGet;

    public override bool HasValue(TRecord record) => TryGet(record, out _);

    public override TResult Accept<TResult>(IBoundValueVisitor<TRecord, TResult> visitor)
        => visitor.Visit(this);

    public override BoundValue<TRecord> WithoutEnum()
    {
        if (!typeof(TValue).IsEnum) return this;

        return Type.GetTypeCode(typeof(TValue)) switch
        {
            TypeCode.SByte => As<sbyte>(),
            TypeCode.Byte => As<byte>(),
            TypeCode.Int16 => As<short>(),
            TypeCode.UInt16 => As<ushort>(),
            TypeCode.Int32 => As<int>(),
            TypeCode.UInt32 => As<uint>(),
            TypeCode.Int64 => As<long>(),
            _ => As<ulong>(),
        };
    }

    private BoundValue<TRecord, TInteger> As<TInteger>()
        where TInteger : struct
    {
        TryGetValue<TRecord, TValue> tryGet = TryGet;
        return new BoundValue<TRecord, TInteger>(
            Shape,
            (record, out value) =>
            {
                bool found = tryGet(record, out TValue named);
                value = Unsafe.As<TValue, TInteger>(ref named);
                return found;
            });
    }
}

/// <summary>Called with the type of a value as a type parameter.</summary>
internal interface IBoundValueVisitor<TRecord, out TResult>
{
    TResult Visit<TValue>(BoundValue<TRecord, TValue> value);
}
