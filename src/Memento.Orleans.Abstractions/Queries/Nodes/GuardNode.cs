using System.Text;

namespace Memento.Queries;

/// <summary>A part of a guard that is true or false of a record.</summary>
internal abstract class GuardNode
{
    protected GuardNode(GuardSize size)
    {
        size.Require();
        Size = size;
    }

    public GuardSize Size { get; }

    public abstract void AppendTo(StringBuilder text);

    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }
}
