using System.Text;

namespace Memento.Queries;

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
