using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Memento.Keys;

/// <summary>Finds the encoding of a CLR type.</summary>
internal static class KeyComponents
{
    /// <summary>The types that a key or an index can have, for error messages.</summary>
    public const string Supported =
        "integers up to 64 bits, string, char, bool, Guid, DateTime, DateTimeOffset, DateOnly, "
        + "TimeOnly, TimeSpan, decimal, double, float and enums";

    private static readonly FrozenDictionary<Type, KeyComponent> ByType = new KeyComponent[]
    {
        new IntegerKeyComponent<sbyte>(),
        new IntegerKeyComponent<byte>(),
        new IntegerKeyComponent<short>(),
        new IntegerKeyComponent<ushort>(),
        new IntegerKeyComponent<int>(),
        new IntegerKeyComponent<uint>(),
        new IntegerKeyComponent<long>(),
        new UInt64KeyComponent(),
        new StringKeyComponent(),
        new CharKeyComponent(),
        new BooleanKeyComponent(),
        new GuidKeyComponent(),
        new DateTimeKeyComponent(),
        new DateTimeOffsetKeyComponent(),
        new DateOnlyKeyComponent(),
        new TimeOnlyKeyComponent(),
        new TimeSpanKeyComponent(),
        new DecimalKeyComponent(),
        new DoubleKeyComponent(),
        new SingleKeyComponent(),
    }.ToFrozenDictionary(component => component.ValueType);

    /// <summary>
    /// The encoding of a type; for a <see cref="Nullable{T}"/>, the encoding of its T.
    /// </summary>
    public static bool TryGet(Type type, [NotNullWhen(true)] out KeyComponent? component)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ByType.TryGetValue(type, out component)) return true;

        component = type.IsEnum ? ForEnum(type) : null;
        return component is not null;
    }

    private static KeyComponent? ForEnum(Type type)
    {
        Type integer = Enum.GetUnderlyingType(type);
        if (!ByType.TryGetValue(integer, out KeyComponent? component)) return null;

        Type closed = typeof(EnumKeyComponent<,>).MakeGenericType(type, integer);
        return (KeyComponent)Activator.CreateInstance(closed, component)!;
    }
}
