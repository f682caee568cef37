using Memento.Keys;

namespace Memento.Tables;

/// <summary>Reads and sets the key of a table that numbers its records.</summary>
internal abstract class AutoIncrementKey<TRecord>
    where TRecord : class
{
    public static AutoIncrementKey<TRecord> Create(
        string table, RecordProperty property, KeyComponent component)
        => (AutoIncrementKey<TRecord>)Activator.CreateInstance(
            typeof(AutoIncrementKey<,>).MakeGenericType(typeof(TRecord), property.ValueType),
            table,
            property,
            component)!;

    /// <summary>
    /// The key; false where it is null. One beyond a long's range counts as its end.
    /// </summary>
    public abstract bool TryGet(TRecord record, out long number);

    /// <summary>The number in an encoded key; one beyond a long's range counts as its end.</summary>
    public abstract long Read(ReadOnlySpan<byte> key);

    /// <summary>The highest number that fits into the key.</summary>
    public abstract long Highest { get; }

    /// <exception cref="MementoException">The number does not fit into the key.</exception>
    public abstract void Set(TRecord record, long number);
}
