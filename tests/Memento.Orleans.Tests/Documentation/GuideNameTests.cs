using System.Text.RegularExpressions;

namespace Memento.Tests.Documentation;

/// <summary>
/// The README and the pages that it leads users to name only what exists. Together they show every
/// call, every option and every error.
/// </summary>
public partial class GuideNameTests
{
    private const string NotThereYet = "What is not there yet";
    private const string Comparison = "docs/from-mnesia.md";

    private static readonly string[] Guide =
    [
        "README.md", "docs/tables.md", "docs/hosting.md", "docs/transactions.md",
        "docs/reading-and-writing.md", "docs/queries.md", "docs/errors.md", "docs/testing.md",
        Comparison,
    ];

    /// <summary>Words between backticks that are Orleans', SQLite's or this repository's.</summary>
    private static readonly string[] ForeignWords =
    [
        "Transaction", "UseTransactions", "ITransactionalState", "Data", "Source", "AddMemento",
        "IsNullOrEmpty", "Contains", "ArgumentException", "README", "RamSiloTests", "Movies",
        "Length", "ToLowerInvariant", "ToUpperInvariant", "CompareOrdinal", "HasFlag", "Year",
        "Second", "DayOfWeek", "Date", "Any", "All", "Count", "Address", "City",
        "Memento", "Rush", "Orleans", "Tests", "Microsoft", "Schema", "Director", "Id", "Title",
        "Rating", "Email", "Heat", "Ang", "Lee", "Trim", "ToLower", "Compare", "Math", "Abs",
        "Include", "Task", "ValueTask", "TimeProvider", "InProcessTestCluster", "StringComparison",
        "JsonDerivedType", "Tickets", "ResponseTimeout", "Orders", "LockTimeout",
        "OrleansTransactionAbortedException", "OrleansReadOnlyViolatedException", "ReadOnly",
        "UseExclusiveLock",
        "ContainsKey", "Genres", "Meta", "Cast", "Role", "Bond", "Key", "Guid", "DateTime",
        "DateTimeOffset", "DateOnly", "TimeOnly", "TimeSpan", "WhenAll", "TimeoutException",
        "OperationCanceledException", "PublishAot", "GrainDirectoryOptions",
        "RangeLeaseDuration", "GrainCollectionOptions", "DeactivationTimeout", "ShutdownTimeout",
        "ClusterMembershipOptions", "ProbeTimeout", "MinProbeTimeout", "MaxProbeTimeout",
        "NumMissedProbesLimit", "NumVotesForDeathDeclaration", "TableRefreshTimeout",
        "IAmAliveTablePublishTimeout", "GatewayListRefreshPeriod",
        "ILogger", "Information", "Warning", "Logging",

        // Settings of the silo of silo/, and parts of connection strings.
        "Silo", "Cluster", "Kind", "Sqlite", "PostgreSql", "Redis", "Host", "Database", "Username",

        // Constants of docs/limits.md, which LimitTests compares.
        "ChunkSizes", "LockTaker", "QueryPlanner", "WayChooser", "UniqueLookup",
    ];

    public static TheoryData<string> GuidePages => [.. Guide];

    [Theory]
    [MemberData(nameof(GuidePages))]
    public void What_a_page_of_the_guide_names_exists(string path)
    {
        var page = new MarkdownPage(path);
        IEnumerable<string> lines = page.Sections
            .Where(static section => section != NotThereYet)
            .SelectMany(page.Lines);
        if (path == Comparison) lines = MarkdownPage.Rows(lines).Select(static row => row[1]);

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

    [Fact]
    public void What_is_said_not_to_be_there_yet_is_not_there()
    {
        string[] claimed =
        [
            .. MarkdownPage.Code(
                [
                    .. new MarkdownPage("README.md").Lines(NotThereYet),
                    .. new MarkdownPage("docs/api-changes.md").Lines("Not there yet"),
                ])
                .Select(static code => Call().Match(code))
                .Where(static match => match.Success)
                .Select(static match => match.Groups["on"].Value + match.Groups["name"].Value)
                .Except(ForeignWords),
        ];

        Assert.Contains(
            claimed, static name => name.EndsWith("ChangedAsync", StringComparison.Ordinal));
        string[] there = [.. claimed.Where(IsThere)];
        Assert.Equal([], there);
    }

    [Theory]
    [InlineData(typeof(IMemento))]
    [InlineData(typeof(ITransaction))]
    [InlineData(typeof(ITable<>))]
    [InlineData(typeof(ITables))]
    public void The_guide_shows_every_call(Type type)
    {
        string text = string.Join(
            '\n',
            Guide.SelectMany(Repository.ReadLines)
                .Except(new MarkdownPage("README.md").Lines(NotThereYet)));

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
    public void The_page_on_hosting_lists_every_option(Type type)
    {
        string[] listed =
            [.. MarkdownPage.Code(new MarkdownPage("docs/hosting.md").Lines("Options"))];

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
    public void The_page_on_tables_lists_every_property_of_the_attribute()
        => Assert.Equal(
            typeof(TableAttribute).GetProperties()
                .Where(static property => property.CanWrite)
                .Select(static property => property.Name)
                .Order(),
            MarkdownPage.Rows(new MarkdownPage("docs/tables.md").Lines("Define a table"))
                .Select(static row => row[0].Trim('`'))
                .Order());

    [Fact]
    public void The_page_on_errors_lists_every_error()
    {
        IEnumerable<string> errors = PublicNames.Types
            .Where(static type => type.IsSubclassOf(typeof(MementoException)))
            .Select(static type => type.Name);

        string[] listed =
        [
            .. MarkdownPage.Code(
                MarkdownPage.Rows(new MarkdownPage("docs/errors.md").Lines("Errors"))
                    .Select(static row => row[0])),
        ];

        Assert.Equal(errors.Order(), listed.Order());
    }

    private static bool IsThere(string name)
        => name.Split('.') is [_, var member]
            ? PublicNames.Of(typeof(IMemento)).Contains(member)
            : PublicNames.All.Contains(name);

    [GeneratedRegex("(?<![\\w.-])[A-Z][A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("^(?<on>memento\\.)?(?<name>[A-Z]\\w+)(<T>)?(\\(\\))?$")]
    private static partial Regex Call();
}
