namespace Memento.Tests.Documentation;

public class SnippetTests
{
    public static TheoryData<string> Pages => [.. Repository.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_snippet_of_a_page_compiles(string page)
    {
        IReadOnlyList<Snippet> snippets = SnippetReader.Read(page);
        IReadOnlyList<Snippet> known = [.. snippets, .. SnippetReader.ReadDeclarations(page)];

        string[] complaints =
            [.. snippets.SelectMany(each => SnippetCompiler.Check(each, known)).Distinct()];

        Assert.True(complaints.Length == 0, string.Join('\n', complaints));
    }

    [Fact]
    public void A_page_can_use_the_declarations_of_another_page()
        => Assert.Contains(
            SnippetReader.ReadDeclarations("docs/transactions.md"),
            static each => each is { Page: "docs/tables.md", Kind: SnippetKind.Declarations });

    [Fact]
    public void The_readme_has_snippets_of_every_kind()
    {
        IEnumerable<SnippetKind> kinds = SnippetReader.Read("README.md").Select(each => each.Kind);

        Assert.Equal(Enum.GetValues<SnippetKind>(), kinds.Distinct().Order());
    }

    [Fact]
    public void A_snippet_that_does_not_compile_is_reported_with_its_page_and_line()
    {
        string[] page =
        [
            "# Page", "<!-- snippet: declarations -->", "```csharp", "public record Film(int Id);",
            "```", "<!-- snippet: body -->", "```csharp", "var film = new Film(1);",
            "await tx.WriteAsync(film.Title);", "```",
        ];
        IReadOnlyList<Snippet> snippets = SnippetReader.Read("page.md", page);

        string[] complaints =
            [.. snippets.SelectMany(each => SnippetCompiler.Check(each, snippets))];

        string complaint = Assert.Single(complaints);
        Assert.StartsWith("page.md:9: CS1061:", complaint, StringComparison.Ordinal);
        Assert.Contains("'Title'", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snippet_that_may_read_null_is_reported()
    {
        string[] page =
        [
            "<!-- snippet: body -->", "```csharp",
            "string text = await tx.ReadAsync<string>(1);", "text.Trim();", "```",
        ];
        IReadOnlyList<Snippet> snippets = SnippetReader.Read("page.md", page);

        Assert.NotEmpty(SnippetCompiler.Check(snippets[0], snippets));
    }

    [Fact]
    public void A_block_of_C_sharp_has_to_say_what_it_is()
    {
        FormatException error = Assert.Throws<FormatException>(
            () => SnippetReader.Read("page.md", ["text", "```csharp", "int i;", "```"]));

        Assert.StartsWith("page.md:2:", error.Message, StringComparison.Ordinal);
    }
}
