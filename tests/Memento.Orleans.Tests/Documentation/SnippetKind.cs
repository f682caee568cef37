namespace Memento.Tests.Documentation;

/// <summary>The kind of a fenced block of C#, which the comment above it names.</summary>
internal enum SnippetKind
{
    /// <summary>A whole file: <c>&lt;!-- snippet: program --&gt;</c>.</summary>
    Program,

    /// <summary>Types, which other blocks of the page can use: <c>declarations</c>.</summary>
    Declarations,

    /// <summary>Statements, with <c>memento</c>, <c>tx</c> and others: <c>body</c>.</summary>
    Body,
}
