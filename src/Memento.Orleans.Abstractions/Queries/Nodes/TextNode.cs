using System.Text;

namespace Memento.Queries;

/// <summary>
/// True where the operand is text that has the pattern at its start, at its end or anywhere, by
/// ordinal.
/// </summary>
internal sealed class TextNode(TextMatch match, Operand operand, string pattern)
    : GuardNode(GuardSize.Above(operand))
{
    public TextMatch Match { get; } = match;

    public Operand Operand { get; } = operand;

    public string Pattern { get; } = pattern;

    public override void AppendTo(StringBuilder text)
    {
        Operand.AppendTo(text);
        text.Append('.').Append(Match).Append('(');
        GuardConstant.AppendTo(text, Pattern);
        text.Append(')');
    }
}
