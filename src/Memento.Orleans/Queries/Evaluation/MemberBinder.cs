using System.Reflection;

namespace Memento.Queries.Evaluation;

/// <summary>Reads the properties of the objects in a record.</summary>
internal static class MemberBinder
{
    private delegate TMember StructGetter<TOwner, TMember>(ref TOwner owner);

    /// <summary>A property of the owner; null if the owner or the property is null.</summary>
    public static BoundValue<TRecord> Bind<TRecord>(
        BoundValue<TRecord> owner, PropertyInfo info, ValueShape shape)
        => owner.Accept(new Member<TRecord>(info, shape));

    private static BoundValue<TRecord, TMember> OfValue<TRecord, TOwner, TMember>(
        BoundValue<TRecord, TOwner> owner, PropertyInfo info, ValueShape shape)
    {
        Func<TOwner, TMember> get = Getter<TOwner, TMember>(info);
        return new BoundValue<TRecord, TMember>(
            shape,
            (record, out value) =>
            {
                bool has = owner.TryGet(record, out TOwner found);
                value = has ? get(found) : default!;
                return has && value is not null;
            });
    }

    private static BoundValue<TRecord, TMember> OfNullable<TRecord, TOwner, TMember>(
        BoundValue<TRecord, TOwner> owner, PropertyInfo info, ValueShape shape)
        where TMember : struct
    {
        Func<TOwner, TMember?> get = Getter<TOwner, TMember?>(info);
        return new BoundValue<TRecord, TMember>(
            shape,
            (record, out value) =>
            {
                TMember? member = owner.TryGet(record, out TOwner found) ? get(found) : null;
                value = member.GetValueOrDefault();
                return member.HasValue;
            });
    }

    private static Func<TOwner, TMember> Getter<TOwner, TMember>(PropertyInfo info)
    {
        MethodInfo method = info.GetMethod!;
        if (!typeof(TOwner).IsValueType) return method.CreateDelegate<Func<TOwner, TMember>>();

        // The getter of a struct takes the struct by reference.
        var get = method.CreateDelegate<StructGetter<TOwner, TMember>>();
        return owner => get(ref owner);
    }

    private sealed class Member<TRecord>(PropertyInfo info, ValueShape shape)
        : IBoundValueVisitor<TRecord, BoundValue<TRecord>>
    {
        public BoundValue<TRecord> Visit<TOwner>(BoundValue<TRecord, TOwner> owner)
        {
            bool isNullable = shape.ValueType != shape.DeclaredType;
            MethodInfo method = typeof(MemberBinder)
                .GetMethod(
                    isNullable ? nameof(OfNullable) : nameof(OfValue),
                    BindingFlags.Static | BindingFlags.NonPublic)!
                .MakeGenericMethod(typeof(TRecord), typeof(TOwner), shape.ValueType);
            return (BoundValue<TRecord>)method.Invoke(null, [owner, info, shape])!;
        }
    }
}

/// <summary>
/// The parts of dates and times that are integers; null if the type does not have the part.
/// </summary>
internal static class TimeParts
{
    public static DateTime Universal(DateTime time)
        => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;

    public static Func<DateTime, int>? OfTime(GuardFunction function) => function switch
    {
        GuardFunction.Year => static time => Universal(time).Year,
        GuardFunction.Month => static time => Universal(time).Month,
        GuardFunction.Day => static time => Universal(time).Day,
        GuardFunction.Hour => static time => Universal(time).Hour,
        GuardFunction.Minute => static time => Universal(time).Minute,
        GuardFunction.Second => static time => Universal(time).Second,
        _ => null,
    };

    public static Func<DateTimeOffset, int>? OfInstant(GuardFunction function) => function switch
    {
        GuardFunction.Year => static instant => instant.Year,
        GuardFunction.Month => static instant => instant.Month,
        GuardFunction.Day => static instant => instant.Day,
        GuardFunction.Hour => static instant => instant.Hour,
        GuardFunction.Minute => static instant => instant.Minute,
        GuardFunction.Second => static instant => instant.Second,
        _ => null,
    };

    public static Func<DateOnly, int>? OfDay(GuardFunction function) => function switch
    {
        GuardFunction.Year => static day => day.Year,
        GuardFunction.Month => static day => day.Month,
        GuardFunction.Day => static day => day.Day,
        _ => null,
    };

    public static Func<TimeOnly, int>? OfClock(GuardFunction function) => function switch
    {
        GuardFunction.Hour => static clock => clock.Hour,
        GuardFunction.Minute => static clock => clock.Minute,
        GuardFunction.Second => static clock => clock.Second,
        _ => null,
    };
}
