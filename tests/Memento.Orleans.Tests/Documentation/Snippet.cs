namespace Memento.Tests.Documentation;

/// <summary>A fenced block of C# on a page.</summary>
/// <param name="Page">The page, relative to the repository.</param>
/// <param name="Line">The number of its first line on the page, from 1.</param>
/// <param name="Kind">The kind of block.</param>
/// <param name="Code">Its lines.</param>
internal sealed record Snippet(string Page, int Line, SnippetKind Kind, string Code)
{
    /// <summary>Where it is, as a test's name shows it.</summary>
    public override string ToString() => $"{Page}:{Line}";
}
