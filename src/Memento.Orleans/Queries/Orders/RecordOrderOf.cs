using Memento.Keys;
using Memento.Tables;

namespace Memento.Queries.Orders;

/// <summary>An order that encodes the values of a record without boxing them.</summary>
internal sealed class RecordOrder<TRecord> : RecordOrder
    where TRecord : class
{
    private readonly IndexPart<TRecord>[] _values;

    /// <param name="parts">The properties.</param>
    /// <param name="values">What writes each of them.</param>
    /// <param name="isDescending">The direction.</param>
    public RecordOrder(
        IReadOnlyList<OrderPart> parts, IndexPart<TRecord>[] values, bool isDescending)
        : base(parts, isDescending)
        => _values = values;

    public override byte[] Encode(object record, ReadOnlySpan<byte> key)
    {
        var typed = (TRecord)record;
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        for (int index = 0; index < _values.Length; index++)
        {
            int start = writer.Length;
            _values[index].Write(ref writer, typed);
            if (Parts[index].IsDescending != IsDescending)
                writer.Complement(start);
        }

        writer.Write(key);
        return writer.Written.ToArray();
    }
}
