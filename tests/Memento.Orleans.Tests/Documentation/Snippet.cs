namespace Memento.Tests.Documentation;

/// <summary>A fenced block of C# on a page.</summary>
/// <param name="Page">The page, relative to the repository.</param>
/// <param name="Line">The line of the page that its first line is, from 1.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Code">Its lines.</param>
internal sealed record Snippet(string Page, int Line, SnippetKind Kind, string Code)
{
    /// <summary>Where it is, as a test's name shows it.</summary>
    public override string ToString() => $"{Page}:{Line}";
}
