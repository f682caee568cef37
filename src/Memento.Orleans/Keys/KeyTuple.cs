using System.Reflection;

namespace Memento.Keys;

/// <summary>
/// Makes value tuples of types that are known only at run time. A tuple of more than seven items
/// has the other items in a nested tuple, as the compiler does it.
/// </summary>
internal sealed class KeyTuple
{
    private const int ItemsOfOne = 7;

    private readonly ConstructorInvoker _constructor;
    private readonly int _items;
    private readonly KeyTuple? _others;

    private KeyTuple(Type type, int items, KeyTuple? others)
    {
        Type = type;
        _constructor = ConstructorInvoker.Create(type.GetConstructor(type.GetGenericArguments())!);
        _items = items;
        _others = others;
    }

    public Type Type { get; }

    public static KeyTuple Of(ReadOnlySpan<Type> types)
    {
        int items = Math.Min(types.Length, ItemsOfOne);
        KeyTuple? others = types.Length > items ? Of(types[items..]) : null;
        Type[] arguments = others is null
            ? types.ToArray()
            : [.. types[..items], others.Type];
        Type type = Definition(arguments.Length).MakeGenericType(arguments);
        return new KeyTuple(type, items, others);
    }

    public object Create(ReadOnlySpan<object> values)
    {
        object?[] arguments = _others is null
            ? [.. values]
            : [.. values[.._items], _others.Create(values[_items..])];
        return _constructor.Invoke(arguments.AsSpan());
    }

    private static Type Definition(int arity) => arity switch
    {
        1 => typeof(ValueTuple<>),
        2 => typeof(ValueTuple<,>),
        3 => typeof(ValueTuple<,,>),
        4 => typeof(ValueTuple<,,,>),
        5 => typeof(ValueTuple<,,,,>),
        6 => typeof(ValueTuple<,,,,,>),
        7 => typeof(ValueTuple<,,,,,,>),
        _ => typeof(ValueTuple<,,,,,,,>),
    };
}
