using System.Numerics;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>Binds calculations, in the type in which C# calculates.</summary>
internal static class ArithmeticBinder
{
    public static BoundValue<TRecord> Bind<TRecord>(
        OperandBinder<TRecord> binder, ArithmeticOperand operand)
        => operand.Type switch
        {
            NumberType.Int32 => BindInteger<TRecord, int>(binder, operand),
            NumberType.UInt32 => BindInteger<TRecord, uint>(binder, operand),
            NumberType.Int64 => BindInteger<TRecord, long>(binder, operand),
            NumberType.UInt64 => BindInteger<TRecord, ulong>(binder, operand),
            NumberType.Single => BindReal<TRecord, float>(
                binder, operand, Calculations.OfReal<float>(operand.Operator)),
            NumberType.Double => BindReal<TRecord, double>(
                binder, operand, Calculations.OfReal<double>(operand.Operator)),
            _ => BindReal<TRecord, decimal>(
                binder, operand, Calculations.OfDecimal(operand.Operator)),
        };

    private static BoundValue<TRecord, T> BindInteger<TRecord, T>(
        OperandBinder<TRecord> binder, ArithmeticOperand operand)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
        => Bind<TRecord, T, IntegerRules<T>>(
            binder, operand, Calculations.OfInteger<T>(operand.Operator, operand.IsChecked));

    private static BoundValue<TRecord, T> BindReal<TRecord, T>(
        OperandBinder<TRecord> binder, ArithmeticOperand operand, Calculation<T>? calculation)
        where T : struct, INumber<T>
        => Bind<TRecord, T, RealRules<T>>(
            binder,
            operand,
            calculation ?? throw new ArgumentException(
                $"{binder.Binder.Table}: '{operand}' is for integers; it is calculated as "
                + $"'{TypeName.Of<T>()}'."));

    private static BoundValue<TRecord, T> Bind<TRecord, T, TRules>(
        OperandBinder<TRecord> binder, ArithmeticOperand operand, Calculation<T> calculation)
        where T : struct, INumber<T>
        where TRules : struct, IValueRules<T>
    {
        TryGetValue<TRecord, T> left = Side<TRecord, T, TRules>(binder, operand, operand.Left);
        TryGetValue<TRecord, T> right = Side<TRecord, T, TRules>(binder, operand, operand.Right);
        return new BoundValue<TRecord, T>(
            ValueShape.OfResult(operand, typeof(T)),
            (record, out value) =>
            {
                if (left(record, out T one) && right(record, out T other))
                    return calculation(one, other, out value);

                value = default;
                return false;
            });
    }

    private static TryGetValue<TRecord, T> Side<TRecord, T, TRules>(
        OperandBinder<TRecord> binder, ArithmeticOperand whole, Operand side)
        where T : struct, INumber<T>
        where TRules : struct, IValueRules<T>
    {
        if (side is ConstantOperand constant)
            return Constant<TRecord, T, TRules>(binder, whole, constant.Value);

        BoundValue<TRecord> value = binder.Bind(side);
        return IsPromoted(value.Shape.ComparedType, typeof(T))
            ? Domain<T, TRules>.Reader(value)
            : throw NoNumber<T>(
                binder.Binder, whole, value.Shape.Subject, value.Shape.DeclaredType);
    }

    private static TryGetValue<TRecord, T> Constant<TRecord, T, TRules>(
        OperandBinder<TRecord> binder, ArithmeticOperand whole, object? constant)
        where T : struct, INumber<T>
        where TRules : struct, IValueRules<T>
    {
        T number = default;
        if (constant is not null
            && (!IsPromoted(constant.GetType(), typeof(T))
                || TRules.Convert(constant, out number) != ConstantFit.Inside))
        {
            throw NoNumber<T>(binder.Binder, whole, $"'{constant}'", constant.GetType());
        }

        bool has = constant is not null;
        return (_, out value) =>
        {
            value = number;
            return has;
        };
    }

    private static bool IsPromoted(Type from, Type to)
        => from == to || NumericConversion.IsImplicit(from, to);

    private static ArgumentException NoNumber<T>(
        GuardBinder binder, ArithmeticOperand whole, string subject, Type type)
        => new(
            $"{binder.Table}: {subject} of '{TypeName.Of(type)}' cannot be calculated with as "
            + $"'{TypeName.Of<T>()}' in '{whole}'.");
}

/// <summary>C#'s implicit numeric conversions.</summary>
internal static class NumericConversion
{
    public static bool IsImplicit(Type from, Type to)
    {
        TypeCode source = Type.GetTypeCode(from);
        TypeCode target = Type.GetTypeCode(to);
        if (to.IsEnum || from.IsEnum) return false;

        return source switch
        {
            TypeCode.SByte => target is TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64
                || IsFraction(target),
            TypeCode.Byte => target is TypeCode.Int16 || IsAtLeastUInt16(target),
            TypeCode.Char => IsAtLeastUInt16(target),
            TypeCode.Int16 => target is TypeCode.Int32 or TypeCode.Int64 || IsFraction(target),
            TypeCode.UInt16 => target is not TypeCode.UInt16 && IsAtLeastUInt16(target),
            TypeCode.Int32 => target is TypeCode.Int64 || IsFraction(target),
            TypeCode.UInt32 => target is TypeCode.Int64 or TypeCode.UInt64 || IsFraction(target),
            TypeCode.Int64 or TypeCode.UInt64 => IsFraction(target),
            TypeCode.Single => target is TypeCode.Double,
            _ => false,
        };
    }

    /// <summary>Whether an implicit conversion may give only the nearest number.</summary>
    public static bool Rounds(Type from, Type to) => Type.GetTypeCode(to) switch
    {
        TypeCode.Single => Type.GetTypeCode(from) is TypeCode.Int32 or TypeCode.UInt32
            or TypeCode.Int64 or TypeCode.UInt64,
        TypeCode.Double => Type.GetTypeCode(from) is TypeCode.Int64 or TypeCode.UInt64,
        _ => false,
    };

    private static bool IsAtLeastUInt16(TypeCode target)
        => target is TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64
            or TypeCode.UInt64 || IsFraction(target);

    private static bool IsFraction(TypeCode target)
        => target is TypeCode.Single or TypeCode.Double or TypeCode.Decimal;
}
