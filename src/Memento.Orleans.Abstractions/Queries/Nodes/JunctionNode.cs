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
            if (index > 0)
                text.Append(' ').Append(sign).Append(' ');

            bool nested = Children[index] is JunctionNode;
            if (nested)
                text.Append('(');

            Children[index].AppendTo(text);
            if (nested)
                text.Append(')');
        }
    }
}
