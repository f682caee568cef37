using System.Text;

namespace Memento.Queries;

/// <summary>A part of a guard that has a value.</summary>
internal abstract class Operand
{
    public abstract void AppendTo(StringBuilder text);

    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }
}
