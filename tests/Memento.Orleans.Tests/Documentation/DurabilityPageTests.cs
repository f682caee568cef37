namespace Memento.Tests.Documentation;

/// <summary>Each line of a promise names tests that there are.</summary>
public class DurabilityPageTests
{
    [Theory]
    [InlineData("docs/durability.md", 7)]
    [InlineData("docs/guarantees.md", 12)]
    public void Each_line_of_what_survives_what_names_tests_that_exist(string path, int least)
    {
        var page = new MarkdownPage(path);
        string[][] lines =
        [
            .. MarkdownPage.Rows(page.Sections.SelectMany(page.Lines))
                .Where(static row => row.Length > 1 && row[^1].Contains("Tests.")),
        ];
        Assert.InRange(lines.Length, least, 100);
        Assert.All(lines, static row => Assert.All(MarkdownPage.Code([row[^1]]), Exists));
    }

    private static void Exists(string test)
    {
        string[] words = test.Split('.');
        Type? type = typeof(DurabilityPageTests).Assembly.GetTypes()
            .SingleOrDefault(each => each.Name == words[0]);
        Assert.True(
            type?.GetMethod(words[1])?.GetCustomAttributes(typeof(FactAttribute), true).Length == 1,
            $"There is no test {test}.");
    }
}
