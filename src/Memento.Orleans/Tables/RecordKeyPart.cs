using Memento.Keys;

namespace Memento.Tables;

/// <summary>Writes a record's value of one key property.</summary>
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
