using Memento.Tests.Documentation;

namespace Memento.Tests.Architecture;

/// <summary>What docs/architecture.md says about which room may use which.</summary>
internal sealed class RoomMap
{
    private RoomMap(
        IReadOnlyDictionary<string, IReadOnlySet<string>> allowed,
        IReadOnlyDictionary<(string From, string To), IReadOnlySet<string>> debts)
    {
        Allowed = allowed;
        Debts = debts;
    }

    /// <summary>For each room those that it may use.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Allowed { get; }

    /// <summary>The types that a room uses against the direction, until somebody moves them.</summary>
    public IReadOnlyDictionary<(string From, string To), IReadOnlySet<string>> Debts { get; }

    public static RoomMap Read()
    {
        var page = new MarkdownPage("docs/architecture.md");
        return new RoomMap(
            MarkdownPage.Rows(page.Lines("What may call what")).ToDictionary(
                static row => MarkdownPage.Code([row[0]]).Single(),
                static row => Set(row[1])),
            MarkdownPage.Rows(page.Lines("Against the direction")).ToDictionary(
                static row => MarkdownPage.Code([row[0]]).ToArray() is [var from, var to]
                    ? (from, to)
                    : throw new FormatException($"'{row[0]}' names no two rooms."),
                static row => Set(row[1])));
    }

    private static IReadOnlySet<string> Set(string cell)
        => MarkdownPage.Code([cell]).ToHashSet(StringComparer.Ordinal);
}
