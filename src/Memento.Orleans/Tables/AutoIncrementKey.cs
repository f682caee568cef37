using System.Numerics;
using System.Reflection;
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
    /// The key; false if it is null. A key beyond the range of a long counts as the end of the
    /// range.
    /// </summary>
    public abstract bool TryGet(TRecord record, out long number);

    /// <summary>
    /// The number in an encoded key. A number beyond the range of a long counts as the end of the
    /// range.
    /// </summary>
    public abstract long Read(ReadOnlySpan<byte> key);

    /// <summary>The highest number that fits into the key.</summary>
    public abstract long Highest { get; }

    /// <exception cref="MementoException">The number does not fit into the key.</exception>
    public abstract void Set(TRecord record, long number);
}

/// <summary>Reads and sets an integer key without boxing it.</summary>
internal sealed class AutoIncrementKey<TRecord, TValue> : AutoIncrementKey<TRecord>
    where TRecord : class
    where TValue : struct, IBinaryInteger<TValue>, IMinMaxValue<TValue>
{
    private readonly string _table;
    private readonly RecordProperty<TRecord, TValue> _property;
    private readonly KeyComponent<TValue> _component;
    private readonly Action<TRecord, TValue> _set;

    public AutoIncrementKey(
        string table, RecordProperty<TRecord, TValue> property, KeyComponent<TValue> component)
    {
        _component = component;
        _table = table;
        _property = property;

        // For the runtime, an init-only setter is an ordinary method.
        MethodInfo setter = property.Info.SetMethod!;
        if (property.Type == typeof(TValue))
        {
            _set = setter.CreateDelegate<Action<TRecord, TValue>>();
        }
        else
        {
            var setNullable = setter.CreateDelegate<Action<TRecord, TValue?>>();
            _set = (record, value) => setNullable(record, value);
        }
    }

    public override long Highest => long.CreateSaturating(TValue.MaxValue);

    public override bool TryGet(TRecord record, out long number)
    {
        bool found = _property.TryGet(record, out TValue value);
        number = found ? long.CreateSaturating(value) : 0;
        return found;
    }

    public override long Read(ReadOnlySpan<byte> key)
    {
        KeyReader reader = new(key);
        return long.CreateSaturating(_component.Read(ref reader));
    }

    public override void Set(TRecord record, long number)
    {
        TValue value = TValue.CreateTruncating(number);
        if (long.CreateSaturating(value) != number)
            throw UsedUpNumbers.Error(_table, _property, number, raisedBy: null);

        _set(record, value);
    }
}

/// <summary>The error of a table that has no number left for its next record.</summary>
internal static class UsedUpNumbers
{
    /// <param name="table">The table's name.</param>
    /// <param name="key">Its key.</param>
    /// <param name="next">
    /// The number that does not fit; it may be beyond the range of a long.
    /// </param>
    /// <param name="raisedBy">
    /// The explicit key after which the numbers went on, if there was one.
    /// </param>
    public static MementoException Error(
        string table, RecordProperty key, Int128 next, long? raisedBy)
    {
        string cause = raisedBy is { } explicitKey
            ? $"A record was written with the key {explicitKey}, and numbers go on above the "
                + "highest key. "
            : "";
        string widest = key.ValueType == typeof(long) || key.ValueType == typeof(ulong)
            ? "Write records with keys of your own"
            : "Give the property a wider type";
        return new MementoException(
            $"Table '{table}' has used up the numbers of its key: the next one, {next}, does not "
            + $"fit into property '{key.Name}' of type '{TypeName.Of(key.ValueType)}'. "
            + $"{cause}{widest}; the stored records keep their keys.");
    }
}
