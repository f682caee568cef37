using System.Reflection;

namespace Memento.Tables;

/// <summary>Makes <see cref="RecordProperty"/> objects, with getters bound once.</summary>
internal static class RecordPropertyFactory
{
    public static RecordProperty Create(Type recordType, PropertyInfo info)
    {
        Type? nullableValue = Nullable.GetUnderlyingType(info.PropertyType);
        string factory = nullableValue is not null ? nameof(ForNullable)
            : info.PropertyType.IsValueType ? nameof(ForValue)
            : nameof(ForReference);
        MethodInfo method = typeof(RecordPropertyFactory)
            .GetMethod(factory, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(recordType, nullableValue ?? info.PropertyType);
        return method.CreateDelegate<Func<PropertyInfo, RecordProperty>>()(info);
    }

    private static RecordProperty<TRecord, TValue> ForValue<TRecord, TValue>(PropertyInfo info)
        where TRecord : class
        where TValue : struct
    {
        var get = info.GetMethod!.CreateDelegate<Func<TRecord, TValue>>();
        return new RecordProperty<TRecord, TValue>(
            info,
            (record, out value) =>
            {
                value = get(record);
                return true;
            });
    }

    private static RecordProperty<TRecord, TValue> ForNullable<TRecord, TValue>(PropertyInfo info)
        where TRecord : class
        where TValue : struct
    {
        var get = info.GetMethod!.CreateDelegate<Func<TRecord, TValue?>>();
        return new RecordProperty<TRecord, TValue>(
            info,
            (record, out value) =>
            {
                TValue? found = get(record);
                value = found.GetValueOrDefault();
                return found.HasValue;
            });
    }

    private static RecordProperty<TRecord, TValue> ForReference<TRecord, TValue>(PropertyInfo info)
        where TRecord : class
        where TValue : class
    {
        var get = info.GetMethod!.CreateDelegate<Func<TRecord, TValue?>>();
        return new RecordProperty<TRecord, TValue>(
            info,
            (record, out value) =>
            {
                value = get(record)!;
                return value is not null;
            });
    }
}
