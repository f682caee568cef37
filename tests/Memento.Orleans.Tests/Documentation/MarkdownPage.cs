using System.Text.RegularExpressions;

namespace Memento.Tests.Documentation;

/// <summary>A page by its sections, without its fenced blocks.</summary>
internal sealed partial class MarkdownPage
{
    private readonly Dictionary<string, List<string>> _sections = [];

    public MarkdownPage(string page)
    {
        List<string> lines = _sections[""] = [];
        bool isFenced = false;
        foreach (string line in Repository.ReadLines(page))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
                isFenced = !isFenced;
            else if (!isFenced && Heading().Match(line) is { Success: true } heading)
                lines = _sections[heading.Groups["text"].Value] = [];
            else if (!isFenced)
                lines.Add(line);
        }
    }

    public IEnumerable<string> Sections => _sections.Keys;

    public IReadOnlyList<string> Lines(string section) => _sections[section];

    /// <summary>The texts between backticks.</summary>
    public static IEnumerable<string> Code(IEnumerable<string> lines)
        => lines.SelectMany(line => Span().Matches(line))
            .Select(match => match.Groups["code"].Value);

    /// <summary>The rows of the tables in some lines, without their headings.</summary>
    public static IEnumerable<string[]> Rows(IEnumerable<string> lines)
    {
        bool isBody = false;
        foreach (string line in lines)
        {
            if (!line.StartsWith('|'))
                isBody = false;
            else if (line.StartsWith("|---", StringComparison.Ordinal))
                isBody = true;
            else if (isBody)
                yield return [.. Bar().Split(line.Trim('|')).Select(ToText)];
        }
    }

    private static string ToText(string cell)
        => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal);

    /// <summary>
    /// The separator of the cells of a row; inside a cell it has a backslash before it.
    /// </summary>
    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex("^#+ (?<text>.+?)\\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Span();
}
