using Memento.Tests.Documentation;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Memento.Tests.Architecture;

/// <summary>
/// The rules of .editorconfig on the form of the source that no analyzer of .NET checks.
/// </summary>
public class FormTests
{
    private const int MaxColumns = 100;
    private const int MaxLines = 400;

    private static readonly string[] Places = ["src", "tests", "benchmarks", "samples", "silo"];

    [Fact]
    public void The_editor_is_told_the_width_that_is_checked()
        => Assert.Contains(
            $"max_line_length = {MaxColumns}", Repository.ReadLines(".editorconfig"));

    [Fact]
    public void No_line_of_the_source_is_wider_than_100_columns()
        => Assert.Equal([], SourceFiles().SelectMany(WideLines));

    [Fact]
    public void No_file_of_the_store_is_longer_than_400_lines()
        => Assert.Equal(
            [],
            SourceFiles()
                .Where(static file => file.StartsWith("src/", StringComparison.Ordinal))
                .Select(static file => (File: file, Lines: Repository.ReadLines(file).Length))
                .Where(static each => each.Lines > MaxLines)
                .Select(static each => $"{each.File} has {each.Lines} lines"));

    [Fact]
    public void What_fits_on_the_line_of_its_if_stands_there()
        => Assert.Equal([], SourceFiles().SelectMany(LooseStatements));

    /// <summary>
    /// A line with an inherited comment may be wider, because it cannot be wrapped.
    /// </summary>
    private static IEnumerable<string> WideLines(string file)
        => Repository.ReadLines(file).Index()
            .Where(static line => line.Item.Length > MaxColumns
                && !line.Item.TrimStart().StartsWith("/// <inheritdoc ", StringComparison.Ordinal))
            .Select(line => $"{file}:{line.Index + 1} has {line.Item.Length} columns");

    private static IEnumerable<string> LooseStatements(string file)
    {
        SourceText text = SourceText.From(string.Join('\n', Repository.ReadLines(file)));
        return CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes()
            .OfType<IfStatementSyntax>()
            .Where(each => each is { Else: null, Parent: not ElseClauseSyntax }
                && IsLoose(text, each))
            .Select(each => $"{file}:{LineOf(text, each.SpanStart) + 1}");
    }

    private static bool IsLoose(SourceText text, IfStatementSyntax each)
    {
        StatementSyntax body = each.Statement;
        int end = each.CloseParenToken.Span.End;
        int line = LineOf(text, each.SpanStart);
        return body is ExpressionStatementSyntax or ReturnStatementSyntax or ThrowStatementSyntax
                or BreakStatementSyntax or ContinueStatementSyntax or YieldStatementSyntax
            && LineOf(text, end) == line
            && LineOf(text, body.SpanStart) == line + 1
            && LineOf(text, body.Span.End) == line + 1
            && text.ToString(TextSpan.FromBounds(end, body.SpanStart)).Trim().Length == 0
            && text.Lines[line + 1].End == body.Span.End
            && end - text.Lines[line].Start + 1 + body.Span.Length <= MaxColumns;
    }

    private static int LineOf(SourceText text, int position)
        => text.Lines.GetLineFromPosition(position).LineNumber;

    private static IEnumerable<string> SourceFiles()
        => Places
            .SelectMany(static place => Directory.GetFiles(
                Path.Combine(Repository.Root, place), "*.cs", SearchOption.AllDirectories))
            .Select(static file => Path.GetRelativePath(Repository.Root, file))
            .Where(static file => !file.Split(Path.DirectorySeparatorChar)
                .Any(static folder => folder is "bin" or "obj"));
}
