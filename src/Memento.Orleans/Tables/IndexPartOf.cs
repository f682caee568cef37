using Memento.Keys;

namespace Memento.Tables;

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
        if (!tryGet(record, out TValue value) || NotANumber.Is(value))
            return false;

        component.Write(ref writer, value);
        return true;
    }
}
