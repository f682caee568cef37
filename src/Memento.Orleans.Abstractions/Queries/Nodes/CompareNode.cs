using System.Collections.Immutable;
using System.Text;

namespace Memento.Queries;

/// <summary>A comparison; its left side is never a constant.</summary>
internal sealed class CompareNode : GuardNode
{
    private CompareNode(GuardOperator comparison, Operand left, Operand right)
        : base(GuardSize.Above(left, right))
    {
        Operator = comparison;
        Left = left;
        Right = right;
    }

    public GuardOperator Operator { get; }

    public Operand Left { get; }

    public Operand Right { get; }

    public static CompareNode Create(GuardOperator comparison, Operand left, Operand right)
    {
        if (left is not ConstantOperand) return new CompareNode(comparison, left, right);

        if (right is ConstantOperand)
            throw new ArgumentException("A guard compares a property; both sides are constants.");

        return new CompareNode(comparison.Mirrored(), right, left);
    }

    public override void AppendTo(StringBuilder text)
    {
        Left.AppendTo(text);
        text.Append(' ').Append(Operator.Sign()).Append(' ');
        Right.AppendTo(text);
    }
}

/// <summary>
/// A comparison of texts by ordinal without regard to case; its left side is never a constant. It
/// is not a flag of <see cref="CompareNode"/>, so that no code takes it for a range of an index: an
/// index has the texts in their own order.
/// </summary>
internal sealed class TextCompareNode : GuardNode
{
    private TextCompareNode(GuardOperator comparison, Operand left, Operand right)
        : base(GuardSize.Above(left, right))
    {
        Operator = comparison;
        Left = left;
        Right = right;
    }

    public GuardOperator Operator { get; }

    public Operand Left { get; }

    /// <summary>If it is a constant, its value is a string.</summary>
    public Operand Right { get; }

    public static TextCompareNode Create(GuardOperator comparison, Operand left, Operand right)
    {
        if (left is ConstantOperand)
            (comparison, left, right) = (comparison.Mirrored(), right, left);

        if (left is ConstantOperand)
            throw new ArgumentException("A guard compares a property; both sides are constants.");

        return right is not ConstantOperand or ConstantOperand { Value: string }
            ? new TextCompareNode(comparison, left, right)
            : throw new ArgumentException("Only a text is compared without regard to case.");
    }

    public override void AppendTo(StringBuilder text)
    {
        Left.AppendTo(text);
        text.Append(' ').Append(Operator.Sign()).Append(' ');
        Right.AppendTo(text);
        text.Append(" ignoring case");
    }
}

/// <summary>True where the operand is one of the values, by their Equals.</summary>
internal sealed class InNode(Operand operand, ImmutableArray<object?> values)
    : GuardNode(GuardSize.Above(operand) with { ListItems = values.Length })
{
    private const int ShownValues = 10;

    public Operand Operand { get; } = operand;

    /// <summary>Normalised constants.</summary>
    public ImmutableArray<object?> Values { get; } = values;

    public override void AppendTo(StringBuilder text)
    {
        Operand.AppendTo(text);
        text.Append(" in (");
        for (int index = 0; index < Math.Min(Values.Length, ShownValues); index++)
        {
            if (index > 0) text.Append(", ");

            GuardConstant.AppendTo(text, Values[index]);
        }

        if (Values.Length > ShownValues)
            text.Append(", and ").Append(Values.Length - ShownValues).Append(" more");

        text.Append(')');
    }
}
