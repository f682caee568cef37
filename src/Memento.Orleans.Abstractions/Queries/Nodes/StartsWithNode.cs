using System.Text;

namespace Memento.Queries;

/// <summary>True where the operand is text that starts with the prefix, by ordinal.</summary>
internal sealed class StartsWithNode(Operand operand, string prefix) : GuardNode(GuardSize.Leaf)
{
    public Operand Operand { get; } = operand;

    public string Prefix { get; } = prefix;

    public override void AppendTo(StringBuilder text)
    {
        Operand.AppendTo(text);
        text.Append(".StartsWith(");
        GuardConstant.AppendTo(text, Prefix);
        text.Append(')');
    }
}
