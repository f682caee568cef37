using System.Globalization;
using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Integers and characters. A constant that the type cannot hold is below or above.
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
