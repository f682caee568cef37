using System.Text;

namespace Memento.Queries;

/// <summary>
/// The result of C#'s arithmetic with two numbers in a type. It is null where one of the numbers is
/// null, and where C# would throw: a division by zero, an overflow in a checked context. So every
/// record has an answer, and the result of a query does not depend on which records it had to read.
/// </summary>
internal sealed class ArithmeticOperand : Operand
{
    public ArithmeticOperand(
        ArithmeticOperator arithmetic, NumberType type, bool isChecked, Operand left, Operand right)
        : base(GuardSize.Above(left, right))
    {
        if (left is ConstantOperand && right is ConstantOperand)
            throw new ArgumentException("A guard calculates with a property; both are constants.");

        Operator = arithmetic;
        Type = type;
        IsChecked = isChecked;
        Left = left;
        Right = right;
    }

    public ArithmeticOperator Operator { get; }

    public NumberType Type { get; }

    /// <summary>Whether an overflow has no result, instead of wrapping around.</summary>
    public bool IsChecked { get; }

    public Operand Left { get; }

    public Operand Right { get; }

    public override void AppendTo(StringBuilder text)
    {
        text.Append(IsChecked ? "checked(" : "(");
        Left.AppendTo(text);
        text.Append(' ').Append(Sign).Append(' ');
        Right.AppendTo(text);
        text.Append(')');
    }

    private string Sign => Operator switch
    {
        ArithmeticOperator.Add => "+",
        ArithmeticOperator.Subtract => "-",
        ArithmeticOperator.Multiply => "*",
        ArithmeticOperator.Divide => "/",
        ArithmeticOperator.Remainder => "%",
        ArithmeticOperator.And => "&",
        ArithmeticOperator.Or => "|",
        _ => "^",
    };
}

/// <summary>A calculation with two numbers. The numbers are sent, so they never change.</summary>
internal enum ArithmeticOperator : byte
{
    Add = 0,
    Subtract = 1,
    Multiply = 2,
    Divide = 3,
    Remainder = 4,
    And = 5,
    Or = 6,
    ExclusiveOr = 7,
}

/// <summary>
/// The types in which C# calculates; smaller integers are promoted to one of them. The numbers are
/// sent, so they never change.
/// </summary>
internal enum NumberType : byte
{
    Int32 = 0,
    UInt32 = 1,
    Int64 = 2,
    UInt64 = 3,
    Single = 4,
    Double = 5,
    Decimal = 6,
}
