using System.Text.RegularExpressions;

namespace Memento.Tests.Documentation;

/// <summary>
/// The README names what there is, all of it, and nothing else; the page on queries nothing else.
/// </summary>
public partial class ReadmeNameTests
{
    private const string NotThereYet = "What is not there yet";
    private const string Comparison = "From Memento (Elixir) and Mnesia";

    /// <summary>Words between backticks that are Orleans', SQLite's or this repository's.</summary>
    private static readonly string[] ForeignWords =
    [
        "Transaction", "UseTransactions", "ITransactionalState", "Data", "Source", "AddMemento",
        "IsNullOrEmpty", "Contains", "ArgumentException", "README", "RamSiloTests", "Movies",
        "Length", "ToLowerInvariant", "ToUpperInvariant", "CompareOrdinal", "HasFlag", "Year",
        "Second", "DayOfWeek", "Date", "Any", "All", "Count", "Address", "City",
        "Memento", "Rush", "Orleans", "Tests", "Microsoft", "Schema", "Director", "Id", "Title",
        "Rating", "Email", "Heat", "Ang", "Lee", "Trim", "ToLower", "Compare", "Math", "Abs",
        "Include", "Task", "InProcessTestCluster", "StringComparison",
        "JsonDerivedType",
        "ContainsKey", "Genres", "Meta", "Cast", "Role", "Bond", "Key",

        // Constants of docs/limits.md, which LimitTests compares.
        "ChunkSizes", "LockTaker", "QueryPlanner", "WayChooser", "UniqueLookup",
    ];

    private readonly MarkdownPage _page = new("README.md");

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/queries.md")]
    public void What_it_names_exists(string path)
    {
        var page = new MarkdownPage(path);
        IEnumerable<string> lines = page.Sections
            .Where(static section => section is not (NotThereYet or Comparison))
            .SelectMany(page.Lines)
            .Concat(page.Sections
                .Where(static section => section == Comparison)
                .SelectMany(section => MarkdownPage.Rows(page.Lines(section)))
                .Select(static row => row[1]));

        string[] unknown =
        [
            .. MarkdownPage.Code(lines)
                .SelectMany(static code => Word().Matches(code))
                .Select(static match => match.Value)
                .Except(PublicNames.All)
                .Except(ForeignWords),
        ];

        Assert.Equal([], unknown);
    }

    [Theory]
    [InlineData("README.md", NotThereYet)]
    [InlineData("docs/api-changes.md", "Not there yet")]
    public void What_is_said_not_to_be_there_yet_is_not_there(string page, string section)
    {
        string[] claimed =
        [
            .. MarkdownPage.Code(new MarkdownPage(page).Lines(section))
                .Select(static code => Call().Match(code))
                .Where(static match => match.Success)
                .Select(static match => match.Groups["on"].Value + match.Groups["name"].Value)
                .Except(ForeignWords),
        ];

        Assert.Contains("UsePostgreSql", claimed);
        string[] there = [.. claimed.Where(IsThere)];
        Assert.Equal([], there);
    }

    [Theory]
    [InlineData(typeof(IMemento))]
    [InlineData(typeof(ITransaction))]
    [InlineData(typeof(ITable<>))]
    [InlineData(typeof(ITables))]
    public void It_shows_every_call(Type type)
    {
        string text = string.Join(
            '\n', Repository.ReadLines("README.md").Except(_page.Lines(NotThereYet)));

        string[] missing =
        [
            .. PublicNames.Of(type).Where(name => name != nameof(ITransaction.Id)
                && !text.Contains(name, StringComparison.Ordinal)),
        ];
        Assert.Equal([], missing);
    }

    [Theory]
    [InlineData(typeof(MementoOptions))]
    [InlineData(typeof(TransactionOptions))]
    [InlineData(typeof(SqliteOptions))]
    public void It_lists_every_option(Type type)
    {
        string[] listed = [.. MarkdownPage.Code(_page.Lines("Configuration"))];

        Assert.Contains(type.Name, string.Join(' ', listed), StringComparison.Ordinal);
        string[] missing =
        [
            .. type.GetProperties()
                .Where(static property => property.CanWrite)
                .Select(static property => property.Name)
                .Except(listed),
        ];
        Assert.Equal([], missing);
    }

    [Fact]
    public void It_lists_every_error()
    {
        IEnumerable<string> errors = PublicNames.Types
            .Where(static type => type.IsSubclassOf(typeof(MementoException)))
            .Select(static type => type.Name);

        string[] listed =
        [
            .. MarkdownPage.Code(
                MarkdownPage.Rows(_page.Lines("Errors")).Select(static row => row[0])),
        ];

        Assert.Equal(errors.Order(), listed.Order());
    }

    [Fact]
    public void The_links_between_pages_lead_somewhere()
    {
        string[] broken =
        [
            .. Repository.Pages.SelectMany(static page => Repository.ReadLines(page)
                .SelectMany(static line => Link().Matches(line))
                .Select(static match => match.Groups["path"].Value)
                .Where(path => !Path.Exists(Path.Combine(
                    Repository.Root, Path.GetDirectoryName(page)!, path)))
                .Select(path => $"{page}: {path}")),
        ];
        Assert.Equal([], broken);
    }

    private static bool IsThere(string name)
        => name.Split('.') is [_, var member]
            ? PublicNames.Of(typeof(IMemento)).Contains(member)
            : PublicNames.All.Contains(name);

    [GeneratedRegex("(?<![\\w.-])[A-Z][A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("^(?<on>memento\\.)?(?<name>[A-Z]\\w+)(<T>)?(\\(\\))?$")]
    private static partial Regex Call();

    [GeneratedRegex("\\]\\((?<path>[^)#:]+)(#[^)]*)?\\)")]
    private static partial Regex Link();
}
