using System.Linq.Expressions;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>Finds calculations with numbers, in the type in which C# calculates.</summary>
internal sealed class ArithmeticReader(ParameterExpression record, RecordValueReader values)
{
    /// <returns>
    /// The operand, and the enum whose bits it combines; no operand if the expression is something
    /// else.
    /// </returns>
    public (Operand? Operand, Type? EnumOfBits) Read(BinaryExpression binary)
    {
        if (OperatorOf(binary.NodeType) is not var (arithmetic, isChecked)
            || NumberTypeOf(binary) is not { } type
            || (binary.Method is not null && binary.Method.DeclaringType != typeof(decimal)))
        {
            return (null, null);
        }

        (Operand left, Type? leftEnum) = ReadSide(binary.Left);
        (Operand right, Type? rightEnum) = ReadSide(binary.Right);
        bool isBits = arithmetic >= ArithmeticOperator.And;
        Type? enumOfBits = leftEnum ?? rightEnum;
        if (!isBits || !Fits(left, leftEnum, enumOfBits) || !Fits(right, rightEnum, enumOfBits))
            enumOfBits = null;

        return (new ArithmeticOperand(arithmetic, type, isChecked, left, right), enumOfBits);
    }

    /// <summary>
    /// A minus sign is a multiplication by minus one, in every type and for every value.
    /// </summary>
    public Operand? Read(UnaryExpression unary)
    {
        if (unary.Method is not null && unary.Method.DeclaringType != typeof(decimal)) return null;

        if (unary.NodeType == ExpressionType.UnaryPlus) return values.Read(unary.Operand).Operand;

        bool isChecked = unary.NodeType == ExpressionType.NegateChecked;
        if ((!isChecked && unary.NodeType != ExpressionType.Negate)
            || NumberTypeOf(unary) is not { } type)
        {
            return null;
        }

        return new ArithmeticOperand(
            ArithmeticOperator.Multiply,
            type,
            isChecked,
            values.Read(unary.Operand).Operand,
            new ConstantOperand(-1));
    }

    public static NumberType? NumberTypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => NumberType.Int32,
        TypeCode.UInt32 => NumberType.UInt32,
        TypeCode.Int64 => NumberType.Int64,
        TypeCode.UInt64 => NumberType.UInt64,
        TypeCode.Single => NumberType.Single,
        TypeCode.Double => NumberType.Double,
        TypeCode.Decimal => NumberType.Decimal,
        _ => null,
    };

    private static NumberType? NumberTypeOf(Expression expression)
    {
        Type type = RecordValueReader.WithoutNullable(expression.Type);
        return type.IsEnum ? null : NumberTypeOf(type);
    }

    private (Operand Operand, Type? Enum) ReadSide(Expression side)
    {
        if (!RecordUse.Uses(side, record))
            return (new ConstantOperand(LocalEvaluator.Evaluate(side)), null);

        RecordValue value = values.Read(side);
        return (value.Operand, value.EnumType);
    }

    private static bool Fits(Operand side, Type? sideEnum, Type? whole)
        => whole is not null && (side is ConstantOperand { Value: { } constant }
            ? Domains.Of(whole)!.Fit(constant) == ConstantFit.Inside
            : sideEnum == whole);

    private static (ArithmeticOperator Operator, bool IsChecked)? OperatorOf(ExpressionType type)
        => type switch
        {
            ExpressionType.Add => (ArithmeticOperator.Add, false),
            ExpressionType.AddChecked => (ArithmeticOperator.Add, true),
            ExpressionType.Subtract => (ArithmeticOperator.Subtract, false),
            ExpressionType.SubtractChecked => (ArithmeticOperator.Subtract, true),
            ExpressionType.Multiply => (ArithmeticOperator.Multiply, false),
            ExpressionType.MultiplyChecked => (ArithmeticOperator.Multiply, true),
            ExpressionType.Divide => (ArithmeticOperator.Divide, false),
            ExpressionType.Modulo => (ArithmeticOperator.Remainder, false),
            ExpressionType.And => (ArithmeticOperator.And, false),
            ExpressionType.Or => (ArithmeticOperator.Or, false),
            ExpressionType.ExclusiveOr => (ArithmeticOperator.ExclusiveOr, false),
            _ => null,
        };
}
