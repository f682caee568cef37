using System.Text.RegularExpressions;

namespace Memento.Tests.Documentation;

/// <summary>
/// A block of SQL on a page, or of a shell command with SQL in quotes, and the databases that it is
/// for: the comment <c>&lt;!-- sql: sqlite, postgresql --&gt;</c> is above it.
/// </summary>
internal sealed partial record SqlSnippet(string Page, int Line, string Database, string Text)
{
    private const string Fence = "```";

    /// <summary>Its statements.</summary>
    public IEnumerable<string> Statements
        => Text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The blocks of all pages for one of the databases, in their order.</summary>
    public static IReadOnlyList<SqlSnippet> Of(string database)
        => [.. Repository.Pages.SelectMany(Read).Where(each => each.Database == database)];

    /// <summary>The blocks of SQL that no comment says a database for.</summary>
    public static IEnumerable<string> WithoutDatabase()
        => Repository.Pages.SelectMany(static page =>
        {
            string[] lines = Repository.ReadLines(page);
            return Enumerable.Range(0, lines.Length)
                .Where(i => lines[i].Trim() == Fence + "sql"
                    && (i == 0 || !Comment().IsMatch(lines[i - 1])))
                .Select(i => $"{page}:{i + 1}");
        });

    private static IEnumerable<SqlSnippet> Read(string page)
    {
        string[] lines = Repository.ReadLines(page);
        for (int i = 0; i < lines.Length; i++)
        {
            Match comment = Comment().Match(lines[i]);
            if (!comment.Success) continue;

            int end = Array.FindIndex(lines, i + 2, static line => line.Trim() == Fence);
            string text = string.Join('\n', lines[(i + 2)..end]);
            if (lines[i + 1].Trim() == Fence + "sh") text = Unquote(text);
            foreach (string database in comment.Groups["databases"].Value.Split(", "))
                yield return new SqlSnippet(page, i + 3, database, text);
        }
    }

    /// <summary>The SQL in the quotes of a shell command.</summary>
    private static string Unquote(string command)
    {
        int first = command.IndexOf('"', StringComparison.Ordinal);
        int last = command.LastIndexOf('"');
        return command[(first + 1)..last].Replace("\\\"", "\"", StringComparison.Ordinal);
    }

    [GeneratedRegex("^<!-- sql: (?<databases>[a-z, -]+) -->$")]
    private static partial Regex Comment();
}
