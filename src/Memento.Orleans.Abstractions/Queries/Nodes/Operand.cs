using System.Text;

namespace Memento.Queries;

/// <summary>A part of a guard that has a value.</summary>
internal abstract class Operand
{
    protected Operand(GuardSize size)
    {
        size.Require();
        Size = size;
    }

    /// <summary>
    /// What it adds to the node that holds it: nothing, but for calculations and functions.
    /// </summary>
    public GuardSize Size { get; }

    public abstract void AppendTo(StringBuilder text);

    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }
}
