using Memento.Keys;

namespace Memento.Tables;

/// <summary>Writes the value of one key property of a record.</summary>
internal abstract class RecordKeyPart<TRecord>
    where TRecord : class
{
    /// <exception cref="ArgumentException">The value is null or NaN.</exception>
    public abstract void Write(ref KeyWriter writer, TRecord record);

    public static RecordKeyPart<TRecord> Create(string table, RecordProperty property, KeyPart part)
        => (RecordKeyPart<TRecord>)Activator.CreateInstance(
            typeof(RecordKeyPart<,>).MakeGenericType(typeof(TRecord), property.ValueType),
            property,
            part.Component,
            part.Describe(table))!;
}

/// <summary>Writes the value of one key property of a record, without boxing.</summary>
internal sealed class RecordKeyPart<TRecord, TValue>(
    RecordProperty<TRecord, TValue> property, KeyComponent<TValue> component, string description)
    : RecordKeyPart<TRecord>
    where TRecord : class
    where TValue : notnull
{
    public override void Write(ref KeyWriter writer, TRecord record)
    {
        if (!property.TryGet(record, out TValue value))
            throw new ArgumentException(
                $"The record's {description} is null. Set it before the record is written.",
                nameof(record));
        if (NotANumber.Is(value))
            throw new ArgumentException(
                $"The record's {description} is NaN, which has no place in an order. Set a number "
                + "or an infinity.",
                nameof(record));

        component.Write(ref writer, value);
    }
}
