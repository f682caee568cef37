using System.Collections.Immutable;
using System.Text;

namespace Memento.Queries;

/// <summary>Guards that are joined.</summary>
internal abstract class JunctionNode(ImmutableArray<GuardNode> children, string sign)
    : GuardNode(GuardSize.Above(children))
{
    public ImmutableArray<GuardNode> Children { get; } = children;

    public override void AppendTo(StringBuilder text)
    {
        for (int index = 0; index < Children.Length; index++)
        {
            if (index > 0) text.Append(' ').Append(sign).Append(' ');

            bool nested = Children[index] is JunctionNode;
            if (nested) text.Append('(');

            Children[index].AppendTo(text);
            if (nested) text.Append(')');
        }
    }
}

/// <summary>True where all children are true.</summary>
internal sealed class AndNode(ImmutableArray<GuardNode> children) : JunctionNode(children, "&&");

/// <summary>True where at least one child is true.</summary>
internal sealed class OrNode(ImmutableArray<GuardNode> children) : JunctionNode(children, "||");

/// <summary>
/// True where the child is false: a plain boolean not, also of a comparison with null.
/// </summary>
internal sealed class NotNode(GuardNode child) : GuardNode(GuardSize.Above(child))
{
    public GuardNode Child { get; } = child;

    public override void AppendTo(StringBuilder text)
    {
        text.Append("!(");
        Child.AppendTo(text);
        text.Append(')');
    }
}

/// <summary>True for every record, or false for every record.</summary>
internal sealed class TruthNode : GuardNode
{
    private TruthNode(bool value)
        : base(GuardSize.Leaf)
        => Value = value;

    public static TruthNode True { get; } = new(true);

    public static TruthNode False { get; } = new(false);

    public bool Value { get; }

    public override void AppendTo(StringBuilder text) => text.Append(Value ? "true" : "false");
}
