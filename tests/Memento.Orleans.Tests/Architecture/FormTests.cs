using Memento.Tests.Documentation;

namespace Memento.Tests.Architecture;

/// <summary>
/// What .editorconfig says of the form of the source and no analyzer of .NET checks.
/// </summary>
public class FormTests
{
    private const int MaxColumns = 100;

    private static readonly string[] Places = ["src", "tests", "benchmarks", "samples", "silo"];

    [Fact]
    public void The_editor_is_told_the_width_that_is_checked()
        => Assert.Contains(
            $"max_line_length = {MaxColumns}", Repository.ReadLines(".editorconfig"));

    [Fact]
    public void No_line_of_the_source_is_wider_than_100_columns()
        => Assert.Equal([], SourceFiles().SelectMany(WideLines));

    /// <summary>An inherited comment says in one word what it is of: it may be wider.</summary>
    private static IEnumerable<string> WideLines(string file)
        => Repository.ReadLines(file).Index()
            .Where(static line => line.Item.Length > MaxColumns
                && !line.Item.TrimStart().StartsWith("/// <inheritdoc ", StringComparison.Ordinal))
            .Select(line => $"{file}:{line.Index + 1} has {line.Item.Length} columns");

    private static IEnumerable<string> SourceFiles()
        => Places
            .SelectMany(static place => Directory.GetFiles(
                Path.Combine(Repository.Root, place), "*.cs", SearchOption.AllDirectories))
            .Select(static file => Path.GetRelativePath(Repository.Root, file))
            .Where(static file => !file.Split(Path.DirectorySeparatorChar)
                .Any(static folder => folder is "bin" or "obj"));
}
