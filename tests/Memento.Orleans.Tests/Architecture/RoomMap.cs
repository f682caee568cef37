using Memento.Tests.Documentation;

namespace Memento.Tests.Architecture;

/// <summary>What docs/architecture.md says about which room may use which.</summary>
internal static class RoomMap
{
    /// <summary>For each room those that it may use.</summary>
    public static Dictionary<string, HashSet<string>> Read()
    {
        var page = new MarkdownPage("docs/architecture.md");
        return MarkdownPage.Rows(page.Lines("What may call what")).ToDictionary(
            static row => MarkdownPage.Code([row[0]]).Single(),
            static row => MarkdownPage.Code([row[1]]).ToHashSet(StringComparer.Ordinal));
    }
}
