using Memento.Keys;
using Memento.Tables;

namespace Memento.Queries.Orders;

/// <summary>
/// An order of the records of a table. Each record has a place in it: bytes that no other record
/// has. <c>SequenceCompareTo</c> of the places is the order, reversed if the order is descending.
/// Null comes first, then NaN; texts compare by ordinal; equal records come by key, in the
/// direction of the last part. A descending order is exactly the reverse.
/// </summary>
internal abstract class RecordOrder
{
    private static readonly ByKeyOrder Ascending = new(isDescending: false);
    private static readonly ByKeyOrder Descending = new(isDescending: true);

    private protected RecordOrder(IReadOnlyList<OrderPart> parts, bool isDescending)
    {
        Parts = parts;
        IsDescending = isDescending;
    }

    /// <summary>The properties; none if the order is the order of the keys.</summary>
    public IReadOnlyList<OrderPart> Parts { get; }

    /// <summary>
    /// Whether places are compared in reverse. The bytes of a part in the other direction are
    /// complemented.
    /// </summary>
    public bool IsDescending { get; }

    public static RecordOrder ByKey(bool isDescending) => isDescending ? Descending : Ascending;

    /// <summary>
    /// Makes an order from its parts; without parts, the ascending order of the keys.
    /// </summary>
    /// <exception cref="QueryNotSupportedException">
    /// A part is not a stored property, or has a type without an order.
    /// </exception>
    /// <exception cref="ArgumentException">A path does not lead to a stored property.</exception>
    public static RecordOrder Compile(TableDefinition table, IReadOnlyList<OrderPart> parts)
        => Compile(table, parts, OrderNormalization.DirectionOf(table, parts));

    /// <summary>
    /// Makes an order from the <see cref="Parts"/> and the direction of another one.
    /// </summary>
    /// <inheritdoc cref="Compile(TableDefinition, IReadOnlyList{OrderPart})" path="/exception"/>
    public static RecordOrder Compile(
        TableDefinition table, IReadOnlyList<OrderPart> parts, bool isDescending)
        => parts.Count == 0
            ? ByKey(isDescending)
            : table.Accept(new RecordOrderCompiler(parts, isDescending));

    /// <summary>The place of a record. Allocates nothing else.</summary>
    /// <param name="record">The record.</param>
    /// <param name="key">Its key; in a bag, with the number after the key.</param>
    public abstract byte[] Encode(object record, ReadOnlySpan<byte> key);

    /// <summary>
    /// The order in words: <c>Year descending, Title</c>. Names the key too, if equal records do
    /// not come in the direction of the last part.
    /// </summary>
    public override string ToString()
    {
        IEnumerable<string> words = Parts.Select(
            static part => InWords(part.Property, part.IsDescending));
        return string.Join(
            ", ",
            Parts is [.., var last] && last.IsDescending == IsDescending
                ? words
                : words.Append(InWords("key", IsDescending)));
    }

    private static string InWords(string property, bool isDescending)
        => isDescending ? $"{property} descending" : property;
}

/// <summary>An order that encodes the values of a record without boxing them.</summary>
internal sealed class RecordOrder<TRecord> : RecordOrder
    where TRecord : class
{
    private readonly IndexPart<TRecord>[] _values;

    /// <param name="parts">The properties.</param>
    /// <param name="values">The writer of each property.</param>
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
            if (Parts[index].IsDescending != IsDescending) writer.Complement(start);
        }

        writer.Write(key);
        return writer.Written.ToArray();
    }
}

/// <summary>The order of the keys.</summary>
internal sealed class ByKeyOrder(bool isDescending) : RecordOrder([], isDescending)
{
    public override byte[] Encode(object record, ReadOnlySpan<byte> key) => key.ToArray();
}
