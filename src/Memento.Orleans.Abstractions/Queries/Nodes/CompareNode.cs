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
        if (left is not ConstantOperand)
            return new CompareNode(comparison, left, right);

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
