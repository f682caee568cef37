using System.Text;

namespace Memento.Queries;

/// <summary>
/// A comparison of texts by ordinal without regard to case; its left side is never a constant. It
/// is a node of its own, and not a mark on <see cref="CompareNode"/>, so that nothing takes it for
/// a range of an index, which is in the order of the texts as they are.
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
