using System.Text.RegularExpressions;

namespace Memento.Tests.Documentation;

public partial class LinkTests
{
    /// <summary>A reader sees the whole README in a few screens.</summary>
    private const int MaxReadmeLines = 250;

    [Fact]
    public void The_readme_is_short()
        => Assert.InRange(Repository.ReadLines("README.md").Length, 1, MaxReadmeLines);

    [Fact]
    public void The_readme_leads_to_every_page()
    {
        string[] linked = [.. Links("README.md").Select(static link => link.Path)];

        Assert.Equal(
            [], Repository.Pages.Where(static page => page.StartsWith("docs/")).Except(linked));
    }

    [Fact]
    public void The_links_between_pages_lead_to_a_file_and_a_heading()
    {
        string[] broken =
        [
            .. Repository.Pages.SelectMany(static page => Links(page)
                .Where(link => !Exists(page, link))
                .Select(link => $"{page}: {link.Path}#{link.Heading}")),
        ];

        Assert.Equal([], broken);
    }

    [Theory]
    [InlineData("docs/page.md", "")]
    [InlineData("docs/tables.md", "no-such-heading")]
    public void A_link_that_leads_nowhere_is_found(string path, string heading)
        => Assert.False(Exists("README.md", (path, heading)));

    private static bool Exists(string page, (string Path, string Heading) link)
    {
        string target = link.Path.Length == 0
            ? page
            : Path.Combine(Path.GetDirectoryName(page)!, link.Path);
        return Path.Exists(Path.Combine(Repository.Root, target))
            && (link.Heading.Length == 0
                || new MarkdownPage(target).Sections.Select(Anchor).Contains(link.Heading));
    }

    /// <summary>The name that a heading has in a link: small letters, hyphens for spaces.</summary>
    private static string Anchor(string heading)
        => Punctuation().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    private static IEnumerable<(string Path, string Heading)> Links(string page)
        => Repository.ReadLines(page)
            .SelectMany(static line => Link().Matches(line))
            .Select(static match => (match.Groups["path"].Value, match.Groups["heading"].Value));

    [GeneratedRegex("\\]\\((?<path>[^)#:]*)(#(?<heading>[^)]*))?\\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
