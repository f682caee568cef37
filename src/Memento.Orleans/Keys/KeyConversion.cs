namespace Memento.Keys;

/// <summary>
/// Converts the key argument of a caller to the type of the property. Only the width of an integer
/// may differ: any other difference is more likely a mistake than intended.
/// </summary>
internal static class KeyConversion
{
    /// <param name="key">The argument.</param>
    /// <param name="type">The property's type; a <see cref="Nullable{T}"/> counts as its T.</param>
    /// <param name="description">The names of the property and the table, for the message.</param>
    /// <returns>A boxed value of exactly that type.</returns>
    /// <exception cref="ArgumentNullException">The key is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The integer does not fit.</exception>
    /// <exception cref="ArgumentException">The key is of another type.</exception>
    public static object Convert(object? key, Type type, string description)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        string name = TypeName.Of(type);
        if (key is null)
            throw new ArgumentNullException(
                nameof(key), $"The key for {description} is null. Pass {Article(name)} {name}.");

        if (key.GetType() == type) return key;

        if (RangeOf(type) is not var (lowest, highest) || !TryWiden(key, out Int128 value))
            throw OtherType(key, name, description, isInteger: RangeOf(type) is not null);

        if (value < lowest || value > highest)
            throw new ArgumentOutOfRangeException(
                nameof(key),
                key,
                $"The key {value} is out of range for {description}, which is of type {name}. "
                + $"Pass a value from {lowest} to {highest}.");

        return Narrow(value, type);
    }

    private static ArgumentException OtherType(
        object key, string name, string description, bool isInteger)
    {
        string given = TypeName.Of(key.GetType());
        string advice = isInteger ? " or an integer of another width in its range" : "";
        return new ArgumentException(
            $"The key for {description} is of type {given}, but the property is of type {name}. "
            + $"Pass {Article(name)} {name}{advice}.",
            nameof(key));
    }

    private static string Article(string typeName)
        => "aeioAEIO".Contains(typeName[0], StringComparison.Ordinal) ? "an" : "a";

    /// <summary>The range of an integer type; null for other types, also for enums.</summary>
    private static (Int128 Lowest, Int128 Highest)? RangeOf(Type type)
        => type.IsEnum ? null : Type.GetTypeCode(type) switch
        {
            TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
            TypeCode.Byte => (byte.MinValue, byte.MaxValue),
            TypeCode.Int16 => (short.MinValue, short.MaxValue),
            TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
            TypeCode.Int32 => (int.MinValue, int.MaxValue),
            TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
            TypeCode.Int64 => (long.MinValue, long.MaxValue),
            TypeCode.UInt64 => (ulong.MinValue, ulong.MaxValue),
            _ => null,
        };

    private static bool TryWiden(object key, out Int128 value)
    {
        (bool isInteger, value) = key switch
        {
            sbyte number => (true, number),
            byte number => (true, number),
            short number => (true, number),
            ushort number => (true, number),
            int number => (true, number),
            uint number => (true, number),
            long number => (true, number),
            ulong number => (true, number),
            _ => (false, default(Int128)),
        };
        return isInteger;
    }

    private static object Narrow(Int128 value, Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => (sbyte)value,
        TypeCode.Byte => (byte)value,
        TypeCode.Int16 => (short)value,
        TypeCode.UInt16 => (ushort)value,
        TypeCode.Int32 => (int)value,
        TypeCode.UInt32 => (uint)value,
        TypeCode.Int64 => (long)value,
        _ => (object)(ulong)value,
    };
}
