namespace Memento.Tests.Documentation;

/// <summary>What a fenced block of C# is, as the comment above it says.</summary>
internal enum SnippetKind
{
    /// <summary>A whole file: <c>&lt;!-- snippet: program --&gt;</c>.</summary>
    Program,

    /// <summary>Types, which other blocks of the page can use: <c>declarations</c>.</summary>
    Declarations,

    /// <summary>Statements, with <c>memento</c>, <c>tx</c> and others: <c>body</c>.</summary>
    Body,
}
