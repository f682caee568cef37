using System.Collections.Frozen;

namespace Memento.Queries.Evaluation;

/// <summary>Finds the type in which two types are compared, by the rules of C#.</summary>
internal static class Domains
{
    private static readonly FrozenDictionary<Type, Domain> ByType = new Domain[]
    {
        new Domain<sbyte, IntegerRules<sbyte>>(),
        new Domain<byte, IntegerRules<byte>>(),
        new Domain<short, IntegerRules<short>>(),
        new Domain<ushort, IntegerRules<ushort>>(),
        new Domain<int, IntegerRules<int>>(),
        new Domain<uint, IntegerRules<uint>>(),
        new Domain<long, IntegerRules<long>>(),
        new Domain<ulong, IntegerRules<ulong>>(),
        new Domain<char, IntegerRules<char>>(),
        new Domain<float, RealRules<float>>(),
        new Domain<double, RealRules<double>>(),
        new Domain<decimal, RealRules<decimal>>(),
        new Domain<string, TextRules>(),
        new Domain<bool, BooleanRules>(),
        new Domain<Guid, ComparableRules<Guid>>(),
        new Domain<DateTime, TimeRules>(),
        new Domain<DateTimeOffset, ComparableRules<DateTimeOffset>>(),
        new Domain<DateOnly, ComparableRules<DateOnly>>(),
        new Domain<TimeOnly, ComparableRules<TimeOnly>>(),
        new Domain<TimeSpan, ComparableRules<TimeSpan>>(),
    }.ToFrozenDictionary(domain => domain.Type);

    /// <summary>Strings without regard to case. No property has this domain by itself.</summary>
    public static Domain CaselessText { get; } = new Domain<string, CaselessTextRules>();

    /// <summary>The domain of the values of a type; null if they cannot be compared.</summary>
    public static Domain? Of(Type type)
        => ByType.GetValueOrDefault(type.IsEnum ? Enum.GetUnderlyingType(type) : type);

    /// <summary>
    /// The domain of a property and a constant. Integers are compared in the type of the property,
    /// whatever the width of the constant: a constant out of range is less or more than every
    /// value.
    /// </summary>
    public static Domain? OfConstant(Type property, Type constant)
        => IsInteger(property) && IsInteger(constant) ? Of(property) : Common(property, constant);

    /// <summary>The domain of two properties; null if they cannot be compared.</summary>
    public static Domain? Common(Type left, Type right)
    {
        if (left == right) return Of(left);

        if (!IsNumber(left) || !IsNumber(right)) return null;

        if (IsEither<decimal>(left, right))
            return IsReal(left) || IsReal(right) ? null : ByType[typeof(decimal)];

        if (IsEither<double>(left, right)) return ByType[typeof(double)];

        if (IsEither<float>(left, right)) return ByType[typeof(float)];

        // C# has no common type for ulong and a signed type; decimal has the values of both.
        bool isLong = !IsEither<ulong>(left, right);
        bool isUnsigned = IsUnsigned(left) && IsUnsigned(right);
        return ByType[isLong ? typeof(long) : isUnsigned ? typeof(ulong) : typeof(decimal)];
    }

    public static bool IsInteger(Type type) => type.IsEnum || Type.GetTypeCode(type) is
        TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32
        or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 or TypeCode.Char;

    public static bool IsReal(Type type) => type == typeof(float) || type == typeof(double);

    private static bool IsNumber(Type type)
        => IsInteger(type) || IsReal(type) || type == typeof(decimal);

    private static bool IsEither<T>(Type left, Type right)
        => left == typeof(T) || right == typeof(T);

    private static bool IsUnsigned(Type type) => Type.GetTypeCode(type) is
        TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64 or TypeCode.Char;
}
