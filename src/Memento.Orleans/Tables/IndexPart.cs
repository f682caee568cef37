using Memento.Keys;

namespace Memento.Tables;

/// <summary>Writes one value of a record in the form of index entries and orders.</summary>
internal abstract class IndexPart<TRecord>
{
    /// <summary>Makes the writer of a value of a record, without boxing.</summary>
    /// <param name="component">The encoding of the value.</param>
    /// <param name="tryGet">
    /// Reads the value: a <see cref="TryGetValue{TRecord, TValue}"/> of the component's type.
    /// </param>
    public static IndexPart<TRecord> Of(KeyComponent component, Delegate tryGet)
        => component.Accept(new Maker(tryGet));

    /// <summary>
    /// Writes the <see cref="ValueTag"/> of the value, and then the value if there is one.
    /// </summary>
    public abstract void Write(ref KeyWriter writer, TRecord record);

    /// <summary>Writes the value without a tag; false if it is null or NaN.</summary>
    public abstract bool TryWriteValue(ref KeyWriter writer, TRecord record);

    private sealed class Maker(Delegate tryGet) : IKeyComponentVisitor<IndexPart<TRecord>>
    {
        public IndexPart<TRecord> Visit<T>(KeyComponent<T> component)
            where T : notnull
            => new IndexPart<TRecord, T>((TryGetValue<TRecord, T>)tryGet, component);
    }
}

/// <summary>Writes one value of a record without boxing it.</summary>
internal sealed class IndexPart<TRecord, TValue>(
    TryGetValue<TRecord, TValue> tryGet, KeyComponent<TValue> component)
    : IndexPart<TRecord>
    where TValue : notnull
{
    public override void Write(ref KeyWriter writer, TRecord record)
    {
        if (!tryGet(record, out TValue value))
        {
            writer.Reserve(1)[0] = ValueTag.Null;
        }
        else if (NotANumber.Is(value))
        {
            writer.Reserve(1)[0] = ValueTag.NotANumber;
        }
        else
        {
            writer.Reserve(1)[0] = ValueTag.Value;
            component.Write(ref writer, value);
        }
    }

    public override bool TryWriteValue(ref KeyWriter writer, TRecord record)
    {
        if (!tryGet(record, out TValue value) || NotANumber.Is(value)) return false;

        component.Write(ref writer, value);
        return true;
    }
}

/// <summary>
/// NaN equals no value: it cannot be a key, and no unique index has it. In an order it comes before
/// numbers.
/// </summary>
internal static class NotANumber
{
    /// <summary>
    /// Without boxing: for each T, the compiler keeps one of these lines or none.
    /// </summary>
    public static bool Is<T>(T value)
        where T : notnull
    {
        if (typeof(T) == typeof(double)) return double.IsNaN((double)(object)value);
        if (typeof(T) == typeof(float)) return float.IsNaN((float)(object)value);

        return false;
    }
}
