using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>
/// C#'s arithmetic in one type. Where C# throws, there is no result: otherwise a query could fail
/// or not, depending on the records to which its index leads.
/// </summary>
internal static class Calculations
{
    /// <summary>For integers.</summary>
    public static Calculation<T> OfInteger<T>(ArithmeticOperator arithmetic, bool isChecked)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
        => arithmetic switch
        {
            ArithmeticOperator.Divide => DivideInteger,
            ArithmeticOperator.Remainder => RemainderOfInteger,
            ArithmeticOperator.And => And,
            ArithmeticOperator.Or => Or,
            ArithmeticOperator.ExclusiveOr => ExclusiveOr,
            _ => isChecked ? OfChecked<T>(arithmetic) : OfNumber<T>(arithmetic)!,
        };

    /// <summary>For floating-point numbers; null for an operator that only integers have.</summary>
    public static Calculation<T>? OfReal<T>(ArithmeticOperator arithmetic)
        where T : struct, INumber<T>
        => OfNumber<T>(arithmetic);

    /// <summary>
    /// For decimals, whose overflow is always an error; null for an operator that only integers
    /// have.
    /// </summary>
    public static Calculation<decimal>? OfDecimal(ArithmeticOperator arithmetic)
        => OfNumber<decimal>(arithmetic) is { } calculation ? Caught(calculation) : null;

    private static Calculation<T> OfChecked<T>(ArithmeticOperator arithmetic)
        where T : struct, INumber<T>
        => Caught<T>(arithmetic switch
        {
            ArithmeticOperator.Add => AddChecked,
            ArithmeticOperator.Subtract => SubtractChecked,
            _ => MultiplyChecked,
        });

    private static Calculation<T>? OfNumber<T>(ArithmeticOperator arithmetic)
        where T : struct, INumber<T>
        => arithmetic switch
        {
            ArithmeticOperator.Add => Add,
            ArithmeticOperator.Subtract => Subtract,
            ArithmeticOperator.Multiply => Multiply,
            ArithmeticOperator.Divide => Divide,
            ArithmeticOperator.Remainder => Remainder,
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

    private static bool DivideInteger<T>(T left, T right, out T result)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        bool has = CanDivide(left, right);
        result = has ? left / right : default;
        return has;
    }

    private static bool RemainderOfInteger<T>(T left, T right, out T result)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        bool has = CanDivide(left, right);
        result = has ? left % right : default;
        return has;
    }

    private static bool CanDivide<T>(T left, T right)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (T.IsZero(right)) return false;

        // The only quotient that the type cannot hold.
        return !T.IsNegative(right) || left != T.MinValue || right + T.One != T.Zero;
    }

    private static bool And<T>(T left, T right, out T result)
        where T : struct, IBinaryInteger<T>
    {
        result = left & right;
        return true;
    }

    private static bool Or<T>(T left, T right, out T result)
        where T : struct, IBinaryInteger<T>
    {
        result = left | right;
        return true;
    }

    private static bool ExclusiveOr<T>(T left, T right, out T result)
        where T : struct, IBinaryInteger<T>
    {
        result = left ^ right;
        return true;
    }

    private static bool Add<T>(T left, T right, out T result)
        where T : struct, INumber<T>
    {
        result = unchecked(left + right);
        return true;
    }

    private static bool Subtract<T>(T left, T right, out T result)
        where T : struct, INumber<T>
    {
        result = unchecked(left - right);
        return true;
    }

    private static bool Multiply<T>(T left, T right, out T result)
        where T : struct, INumber<T>
    {
        result = unchecked(left * right);
        return true;
    }

    private static bool Divide<T>(T left, T right, out T result)
        where T : struct, INumber<T>
    {
        result = left / right;
        return true;
    }

    private static bool Remainder<T>(T left, T right, out T result)
        where T : struct, INumber<T>
    {
        result = left % right;
        return true;
    }

    private static bool AddChecked<T>(T left, T right, out T result)
        where T : struct, INumber<T>
    {
        result = checked(left + right);
        return true;
    }

    private static bool SubtractChecked<T>(T left, T right, out T result)
        where T : struct, INumber<T>
    {
        result = checked(left - right);
        return true;
    }

    private static bool MultiplyChecked<T>(T left, T right, out T result)
        where T : struct, INumber<T>
    {
        result = checked(left * right);
        return true;
    }
}

/// <summary>Calculates; false where C# would throw.</summary>
internal delegate bool Calculation<T>(T left, T right, out T result);
