using System.Text.RegularExpressions;

namespace Memento.Tests.Documentation;

/// <summary>A reader has this repository and nothing else.</summary>
public partial class DocumentNameTests
{
    /// <summary>The name of a page that does not exist, in tests.</summary>
    private const string MadeUp = "page.md";

    private static readonly string[] Kinds = [".cs", ".csproj", ".md", ".props", ".yml"];

    private static readonly string[] Made = ["bin", "obj", ".git", "artifacts"];

    [Fact]
    public void No_file_names_a_document_that_is_not_in_the_repository()
    {
        string[] files = [.. Files(Repository.Root)];
        HashSet<string> documents =
        [
            .. files.Select(Path.GetFileName).OfType<string>()
                .Where(static name => name.EndsWith(".md", StringComparison.Ordinal)),
        ];

        string[] missing =
        [
            .. files.SelectMany(file => Document().Matches(File.ReadAllText(file))
                .Select(static match => match.Value)
                .Where(name => name != MadeUp && !documents.Contains(name))
                .Select(name => $"{Path.GetRelativePath(Repository.Root, file)}: {name}")),
        ];

        Assert.Contains("design.md", documents);
        Assert.Equal([], missing);
    }

    private static IEnumerable<string> Files(string directory)
        => Directory.EnumerateFiles(directory)
            .Where(static file => Kinds.Contains(Path.GetExtension(file)))
            .Concat(Directory.EnumerateDirectories(directory)
                .Where(static inner => !Made.Contains(Path.GetFileName(inner)))
                .SelectMany(Files));

    [GeneratedRegex(@"[\w-]+\.md\b")]
    private static partial Regex Document();
}
