using System.Reflection;

namespace Memento.Queries.Evaluation;

/// <summary>Reads the properties of the objects that a record holds.</summary>
internal static class MemberBinder
{
    private delegate TMember StructGetter<TOwner, TMember>(ref TOwner owner);

    /// <summary>A property of the owner; null where either is.</summary>
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
        if (!typeof(TOwner).IsValueType)
            return method.CreateDelegate<Func<TOwner, TMember>>();

        // What a struct's getter is called on is passed by reference.
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
