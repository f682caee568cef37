using Memento.Tests.Documentation;

namespace Memento.Tests.Architecture;

/// <summary>The rules of docs/architecture.md on which room may use which.</summary>
internal static class RoomMap
{
    /// <summary>
    /// For each room the rooms that it may use, from the lowest room to the highest.
    /// </summary>
    public static OrderedDictionary<string, HashSet<string>> Read()
    {
        var page = new MarkdownPage("docs/architecture.md");
        return new(MarkdownPage.Rows(page.Lines("What may call what")).Select(
            static row => KeyValuePair.Create(
                MarkdownPage.Code([row[0]]).Single(),
                MarkdownPage.Code([row[1]]).ToHashSet(StringComparer.Ordinal))));
    }
}
