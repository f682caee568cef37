using System.Numerics;

namespace Memento.Queries;

/// <summary>
/// C#'s arithmetic in one type. Where C# throws there is no result: a query that threw for a record
/// would fail or not by which records its index leads it to.
/// </summary>
internal static class Calculations
{
    /// <summary>For integers.</summary>
    public static Calculation<T> OfInteger<T>(ArithmeticOperator arithmetic, bool isChecked)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
        => arithmetic switch
        {
            ArithmeticOperator.Divide => static (left, right, out result) =>
            {
                bool has = CanDivide(left, right);
                result = has ? left / right : default;
                return has;
            },
            ArithmeticOperator.Remainder => static (left, right, out result) =>
            {
                bool has = CanDivide(left, right);
                result = has ? left % right : default;
                return has;
            },
            ArithmeticOperator.And => static (left, right, out result) =>
            {
                result = left & right;
                return true;
            },
            ArithmeticOperator.Or => static (left, right, out result) =>
            {
                result = left | right;
                return true;
            },
            ArithmeticOperator.ExclusiveOr => static (left, right, out result) =>
            {
                result = left ^ right;
                return true;
            },
            _ => isChecked ? OfChecked<T>(arithmetic) : OfUnchecked<T>(arithmetic)!,
        };

    /// <summary>For floating-point numbers; null for what there is only for integers.</summary>
    public static Calculation<T>? OfReal<T>(ArithmeticOperator arithmetic)
        where T : struct, INumber<T>
        => OfUnchecked<T>(arithmetic);

    /// <summary>
    /// For decimals, which overflow whether checked or not; null for what there is only for
    /// integers.
    /// </summary>
    public static Calculation<decimal>? OfDecimal(ArithmeticOperator arithmetic)
        => OfUnchecked<decimal>(arithmetic) is { } calculation ? Caught(calculation) : null;

    private static bool CanDivide<T>(T left, T right)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (T.IsZero(right))
            return false;

        // The one quotient that the type cannot hold.
        return !T.IsNegative(right) || left != T.MinValue || right + T.One != T.Zero;
    }

    private static Calculation<T> OfChecked<T>(ArithmeticOperator arithmetic)
        where T : struct, INumber<T>
        => Caught(arithmetic switch
        {
            ArithmeticOperator.Add => static (T left, T right, out T result) =>
            {
                result = checked(left + right);
                return true;
            },
            ArithmeticOperator.Subtract => static (T left, T right, out T result) =>
            {
                result = checked(left - right);
                return true;
            },
            _ => (Calculation<T>)(static (T left, T right, out T result) =>
            {
                result = checked(left * right);
                return true;
            }),
        });

    private static Calculation<T>? OfUnchecked<T>(ArithmeticOperator arithmetic)
        where T : struct, INumber<T>
        => arithmetic switch
        {
            ArithmeticOperator.Add => static (left, right, out result) =>
            {
                result = unchecked(left + right);
                return true;
            },
            ArithmeticOperator.Subtract => static (left, right, out result) =>
            {
                result = unchecked(left - right);
                return true;
            },
            ArithmeticOperator.Multiply => static (left, right, out result) =>
            {
                result = unchecked(left * right);
                return true;
            },
            ArithmeticOperator.Divide => static (left, right, out result) =>
            {
                result = left / right;
                return true;
            },
            ArithmeticOperator.Remainder => static (left, right, out result) =>
            {
                result = left % right;
                return true;
            },
            _ => null,
        };

    private static Calculation<T> Caught<T>(Calculation<T> calculation)
        where T : struct
        => (left, right, out result) =>
        {
            try
            {
                return calculation(left, right, out result);
            }
            catch (ArithmeticException)
            {
                result = default;
                return false;
            }
        };
}
