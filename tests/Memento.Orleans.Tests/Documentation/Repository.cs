namespace Memento.Tests.Documentation;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    private const string Solution = "Memento.Orleans.sln";

    public static string Root { get; } = FindRoot();

    /// <summary>The pages whose words are checked, relative to the root.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "benchmarks/README.md",
        .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md")
            .Select(static file => $"docs/{Path.GetFileName(file)}")
            .Order(StringComparer.Ordinal),
    ];

    public static string[] ReadLines(string page) => File.ReadAllLines(Path.Combine(Root, page));

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory);
            directory is not null;
            directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Solution))) return directory.FullName;
        }

        throw new InvalidOperationException($"No {Solution} above {AppContext.BaseDirectory}.");
    }
}
