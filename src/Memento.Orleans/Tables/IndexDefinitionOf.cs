using Memento.Tables.Keys;

namespace Memento.Tables;

/// <summary>An index that encodes a record's value without boxing it.</summary>
internal sealed class IndexDefinition<TRecord, TValue>(
    string table,
    RecordProperty<TRecord, TValue> property,
    KeyComponent<TValue> component,
    bool unique,
    int ordinal)
    : IndexDefinition(table, property, unique, ordinal)
    where TRecord : class
    where TValue : notnull
{
    public override KeyComponent Component => component;

    public override bool TryEncode(object record, out byte[] value)
    {
        if (!property.TryGet((TRecord)record, out TValue found) || NotANumber.Is(found))
        {
            value = [];
            return false;
        }

        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        component.Write(ref writer, found);
        value = writer.Written.ToArray();
        return true;
    }
}
