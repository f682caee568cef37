namespace Memento.Tests.Documentation;

/// <summary>What a fenced block of C# is, as the comment above it says.</summary>
internal enum SnippetKind
{
    /// <summary>A whole file with top-level statements: <c>&lt;!-- snippet: program --&gt;</c>.</summary>
    Program,

    /// <summary>Types, which the snippets below it on the page can use: <c>declarations</c>.</summary>
    Declarations,

    /// <summary>Statements in a body, with <c>memento</c>, <c>tx</c> and others: <c>body</c>.</summary>
    Body,
}
