using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>
/// How the values of one type compare: as C#'s operators, or by the store's rule where C# would
/// depend on the machine. Structs implement it, so that the comparison is inlined.
/// </summary>
internal interface IValueRules<T>
{
    static abstract bool HasOrder { get; }

    /// <summary>
    /// The equality of a list's Contains; it may differ from <see cref="Equal"/> for NaN.
    /// </summary>
    static abstract IEqualityComparer<T> Equality { get; }

    static abstract bool Equal(T left, T right);

    static abstract bool Less(T left, T right);

    static abstract bool LessOrEqual(T left, T right);

    /// <summary>Converts a boxed constant whose type can be compared with this type.</summary>
    static abstract ConstantFit Convert(object constant, out T value);

    /// <summary>Converts as C#'s numeric promotion does.</summary>
    static abstract T Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>;
}

/// <summary>Types whose CompareTo and operators agree, with constants of the same type.</summary>
internal readonly struct ComparableRules<T> : IValueRules<T>
    where T : struct, IEquatable<T>, IComparable<T>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<T> Equality => EqualityComparer<T>.Default;

    public static bool Equal(T left, T right) => left.Equals(right);

    public static bool Less(T left, T right) => left.CompareTo(right) < 0;

    public static bool LessOrEqual(T left, T right) => left.CompareTo(right) <= 0;

    public static ConstantFit Convert(object constant, out T value)
    {
        value = (T)constant;
        return ConstantFit.Inside;
    }

    public static T Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => throw new NotSupportedException($"A number is no '{typeof(T)}'.");
}

/// <summary>Truth values; as in C# they have no order.</summary>
internal readonly struct BooleanRules : IValueRules<bool>
{
    public static bool HasOrder => false;

    public static IEqualityComparer<bool> Equality => EqualityComparer<bool>.Default;

    public static bool Equal(bool left, bool right) => left == right;

    public static bool Less(bool left, bool right) => !left & right;

    public static bool LessOrEqual(bool left, bool right) => !left | right;

    public static ConstantFit Convert(object constant, out bool value)
    {
        value = (bool)constant;
        return ConstantFit.Inside;
    }

    public static bool Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => throw new NotSupportedException("A number is no truth value.");
}

/// <summary>
/// Integers and characters. A constant that the type cannot hold is below or above all values.
/// </summary>
internal readonly struct IntegerRules<T> : IValueRules<T>
    where T : struct, INumber<T>, IMinMaxValue<T>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<T> Equality => EqualityComparer<T>.Default;

    public static bool Equal(T left, T right) => left == right;

    public static bool Less(T left, T right) => left < right;

    public static bool LessOrEqual(T left, T right) => left <= right;

    public static ConstantFit Convert(object constant, out T value)
    {
        Int128 number = constant switch
        {
            T => Int128.CreateChecked((T)constant),
            char letter => letter,
            ulong large => large,
            _ => System.Convert.ToInt64(constant, CultureInfo.InvariantCulture),
        };
        value = T.CreateSaturating(number);
        return Int128.CreateChecked(value).CompareTo(number) switch
        {
            0 => ConstantFit.Inside,
            > 0 => ConstantFit.Below,
            _ => ConstantFit.Above,
        };
    }

    public static T Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => T.CreateTruncating(value);
}

/// <summary>Floating-point and decimal numbers, and the types that C# promotes to them.</summary>
internal readonly struct RealRules<T> : IValueRules<T>
    where T : struct, INumber<T>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<T> Equality => EqualityComparer<T>.Default;

    public static bool Equal(T left, T right) => left == right;

    public static bool Less(T left, T right) => left < right;

    public static bool LessOrEqual(T left, T right) => left <= right;

    public static ConstantFit Convert(object constant, out T value)
    {
        value = constant switch
        {
            T same => same,
            char number => Promote(number),
            sbyte number => Promote(number),
            byte number => Promote(number),
            short number => Promote(number),
            ushort number => Promote(number),
            int number => Promote(number),
            uint number => Promote(number),
            long number => Promote(number),
            ulong number => Promote(number),
            float number => Promote(number),
            double number => Promote(number),
            _ => throw new NotSupportedException($"'{constant.GetType()}' is no '{typeof(T)}'."),
        };
        return ConstantFit.Inside;
    }

    public static T Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => T.CreateTruncating(value);
}

/// <summary>
/// Dates with times. A local time counts as its universal time, exactly as in a key, so that an
/// index and a scan agree. Otherwise the ticks decide, as in C#.
/// </summary>
internal readonly struct TimeRules : IValueRules<DateTime>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<DateTime> Equality { get; } = new TicksEquality();

    public static bool Equal(DateTime left, DateTime right) => Ticks(left) == Ticks(right);

    public static bool Less(DateTime left, DateTime right) => Ticks(left) < Ticks(right);

    public static bool LessOrEqual(DateTime left, DateTime right) => Ticks(left) <= Ticks(right);

    public static ConstantFit Convert(object constant, out DateTime value)
    {
        value = (DateTime)constant;
        return ConstantFit.Inside;
    }

    public static DateTime Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => throw new NotSupportedException("A number is no time.");

    private static long Ticks(DateTime time)
        => time.Kind == DateTimeKind.Local ? time.ToUniversalTime().Ticks : time.Ticks;

    private sealed class TicksEquality : IEqualityComparer<DateTime>
    {
        public bool Equals(DateTime x, DateTime y) => Ticks(x) == Ticks(y);

        public int GetHashCode([DisallowNull] DateTime obj) => Ticks(obj).GetHashCode();
    }
}

/// <summary>Strings, by ordinal on every machine.</summary>
internal readonly struct TextRules : IValueRules<string>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<string> Equality => StringComparer.Ordinal;

    public static bool Equal(string left, string right) => string.Equals(left, right);

    public static bool Less(string left, string right) => string.CompareOrdinal(left, right) < 0;

    public static bool LessOrEqual(string left, string right)
        => string.CompareOrdinal(left, right) <= 0;

    public static ConstantFit Convert(object constant, out string value)
    {
        value = (string)constant;
        return ConstantFit.Inside;
    }

    public static string Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => throw new NotSupportedException("A number is no string.");
}

/// <summary>
/// Strings without regard to case, by ordinal, so they compare equally on every machine.
/// </summary>
internal readonly struct CaselessTextRules : IValueRules<string>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<string> Equality => StringComparer.OrdinalIgnoreCase;

    public static bool Equal(string left, string right)
        => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    public static bool Less(string left, string right)
        => string.Compare(left, right, StringComparison.OrdinalIgnoreCase) < 0;

    public static bool LessOrEqual(string left, string right)
        => string.Compare(left, right, StringComparison.OrdinalIgnoreCase) <= 0;

    public static ConstantFit Convert(object constant, out string value)
        => TextRules.Convert(constant, out value);

    public static string Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => TextRules.Promote(value);
}
