namespace Memento.Tests.Documentation;

/// <summary>Each line of docs/durability.md names tests that there are.</summary>
public class DurabilityPageTests
{
    [Fact]
    public void Each_line_of_what_survives_what_names_tests_that_exist()
    {
        var page = new MarkdownPage("docs/durability.md");
        string[][] lines =
        [
            .. MarkdownPage.Rows(page.Sections.SelectMany(page.Lines))
                .Where(static row => row.Length == 4 && row[3].Contains("Tests.")),
        ];
        Assert.InRange(lines.Length, 7, 100);
        Assert.All(lines, static row => Assert.All(MarkdownPage.Code([row[3]]), Exists));
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
