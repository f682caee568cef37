using System.Text.RegularExpressions;

namespace Memento.Tests.Documentation;

/// <summary>Finds the fenced blocks of C# on a page.</summary>
internal static partial class SnippetReader
{
    private const string Fence = "```";

    public static IReadOnlyList<Snippet> Read(string page)
        => Read(page, Repository.ReadLines(page));

    /// <summary>
    /// The types that a page takes from other pages, each named in a comment:
    /// <c>&lt;!-- declarations: docs/tables.md --&gt;</c>.
    /// </summary>
    public static IEnumerable<Snippet> ReadDeclarations(string page)
        => Repository.ReadLines(page)
            .Select(static line => Declarations().Match(line))
            .Where(static match => match.Success)
            .SelectMany(static match => Read(match.Groups["page"].Value))
            .Where(static each => each.Kind == SnippetKind.Declarations);

    /// <exception cref="FormatException">
    /// A block does not end, or no comment says what it is.
    /// </exception>
    public static IReadOnlyList<Snippet> Read(string page, string[] lines)
    {
        List<Snippet> snippets = [];
        for (int i = 0; i < lines.Length; i++)
        {
            string language = lines[i].TrimStart();
            if (!language.StartsWith(Fence, StringComparison.Ordinal)) continue;

            int end = Array.FindIndex(lines, i + 1, static line => line.Trim() == Fence);
            if (end < 0) throw new FormatException($"{page}:{i + 1}: the block does not end.");
            if (language[Fence.Length..].Trim() is "csharp" or "cs" or "c#")
            {
                snippets.Add(new Snippet(
                    page,
                    i + 2,
                    KindOf(page, lines, i),
                    string.Join('\n', lines[(i + 1)..end])));
            }

            i = end;
        }

        return snippets;
    }

    private static SnippetKind KindOf(string page, string[] lines, int fence)
    {
        Match match = fence > 0 ? Comment().Match(lines[fence - 1]) : Match.Empty;
        return match.Success && Enum.TryParse(
            match.Groups["kind"].Value, ignoreCase: true, out SnippetKind kind)
                ? kind
                : throw new FormatException(
                    $"{page}:{fence + 1}: the line above a block of C# says what it is: "
                    + "<!-- snippet: program -->, declarations or body.");
    }

    [GeneratedRegex(@"^\s*<!-- declarations: (?<page>[\w/.-]+) -->\s*$")]
    private static partial Regex Declarations();

    [GeneratedRegex(@"^\s*<!-- snippet: (?<kind>[a-z]+) -->\s*$")]
    private static partial Regex Comment();
}
