using System.Numerics;
using System.Reflection;
using Memento.Keys;

namespace Memento.Tables;

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

        // An init-only setter is a method like others once the compiler has had its say.
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
