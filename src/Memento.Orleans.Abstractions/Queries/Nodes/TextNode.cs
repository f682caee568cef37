using System.Text;

namespace Memento.Queries;

/// <summary>
/// True where the operand is text that has the pattern at its start, at its end or anywhere, by
/// ordinal.
/// </summary>
internal sealed class TextNode(TextMatch match, Operand operand, string pattern, bool ignoresCase)
    : GuardNode(GuardSize.Above(operand))
{
    public TextMatch Match { get; } = match;

    public Operand Operand { get; } = operand;

    public string Pattern { get; } = pattern;

    /// <summary>Whether letters that differ only in case match.</summary>
    public bool IgnoresCase { get; } = ignoresCase;

    public override void AppendTo(StringBuilder text)
    {
        Operand.AppendTo(text);
        text.Append('.').Append(Match).Append('(');
        GuardConstant.AppendTo(text, Pattern);
        text.Append(IgnoresCase ? ", ignoring case)" : ")");
    }
}

/// <summary>Where in a text to look for another text, always by ordinal.</summary>
internal enum TextMatch
{
    StartsWith,
    EndsWith,
    Contains,
}
