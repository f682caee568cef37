using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Memento.Queries.Translation;

namespace Memento.Tests.Documentation;

/// <summary>The page on queries quotes the messages for refused predicates.</summary>
[SuppressMessage("Performance", "CA1862", Justification = "What is refused is written down.")]
public class QueryPageTests
{
    private static readonly Dictionary<string, Expression<Func<Film, bool>>> RefusedByText = new()
    {
        ["m.Title.Trim() == \"Heat\""] = m => m.Title.Trim() == "Heat",
        ["m.Title.ToLower() == \"heat\""] = m => m.Title.ToLower() == "heat",
        ["string.Compare(m.Title, \"Heat\") < 0"] = m => string.Compare(m.Title, "Heat") < 0,
        ["(m.Year ?? 0) < 2000"] = m => (m.Year ?? 0) < 2000,
        ["Math.Abs(m.Id) < 9"] = m => Math.Abs(m.Id) < 9,
        ["isGood(m)"] = InvokingADelegate(static film => film.Year > 2000),
    };

    [Fact]
    public void Its_table_of_refused_predicates_quotes_the_messages()
    {
        var page = new MarkdownPage("docs/queries.md");

        Dictionary<string, string> quoted = MarkdownPage
            .Rows(page.Lines("What a predicate may not hold"))
            .ToDictionary(static row => row[0].Trim('`'), static row => row[1]);

        Assert.Equal(RefusedByText.Keys.Order(), quoted.Keys.Order());
        Assert.All(RefusedByText, pair => Assert.Equal(
            Assert.Throws<QueryNotSupportedException>(
                () => GuardTranslator.Translate(pair.Value)).Instead,
            quoted[pair.Key]));
    }

    private static Expression<Func<Film, bool>> InvokingADelegate(Func<Film, bool> isGood)
        => m => isGood(m);

    private sealed record Film(long Id, string Title, int? Year);
}
