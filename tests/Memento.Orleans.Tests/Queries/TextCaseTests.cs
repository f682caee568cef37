using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Memento.Queries.Evaluation;
using Memento.Queries.Plans;

namespace Memento.Tests.Queries;

/// <summary>Texts that are compared without regard to case.</summary>
[SuppressMessage("Usage", "CA2251", Justification = "Both ways of asking are tested.")]
public sealed class TextCaseTests
{
    private const StringComparison Caseless = StringComparison.OrdinalIgnoreCase;

    private static readonly Sample[] Texts =
    [
        new() { Text = "Abc", Title = "aBC" }, new() { Text = "abc", Title = "abd" },
        new() { Text = "ABD", Title = "abc" }, new() { Text = "", Title = "" },
        new() { Text = "\u00c9", Title = "\u00e9" }, new() { Text = "e\u0301", Title = "\u00e9" },
        new() { Text = "\u0131", Title = "I" }, new() { Text = "\u212a", Title = "k" },
        new() { Text = "\ud801\udc00", Title = "\ud801\udc28" },
    ];

    private static readonly Sample Null = new() { Title = "abc" };

    [Fact]
    public void Texts_are_equal_that_differ_in_case_alone()
    {
        string name = "aBC";
        const string guard = "Text == \"aBC\" ignoring case";
        Assert.Equal(guard, Text(m => string.Equals(m.Text, name, Caseless), Null));
        Assert.Equal(guard, Text(m => string.Equals(name, m.Text, Caseless), Null));
        Assert.Equal(guard, Text(m => name.Equals(m.Text, Caseless), Null));
        Assert.Equal(guard, Text(m => m.Text!.Equals(name, Caseless)));
        Assert.Equal(guard, Text(m => string.Compare(m.Text, name, Caseless) == 0, Null));
        Assert.Equal(
            "Title == Text ignoring case",
            Text(m => string.Equals(m.Title, m.Text, Caseless), Null));
        Assert.Equal("Text == null", Text(m => string.Equals(m.Text, null, Caseless), Null));
        Text(m => !m.Title.Equals(m.Text, Caseless), Null);
        Text(m => string.Equals(m.Text, "\u00e9", Caseless), Null);
        Text(m => string.Equals(m.Text, "i", Caseless), Null);
    }

    [Fact]
    public void A_call_on_null_is_false()
    {
        Assert.False(Samples.Holds(m => m.Text!.Equals("a", Caseless), Null));
        Assert.False(Samples.Holds(m => m.Text!.Equals(null, Caseless), Null));
        Assert.False(Samples.Holds(m => m.Text!.StartsWith("", Caseless), Null));
        string none = null!;
        Assert.Throws<ArgumentNullException>(
            () => Samples.Translate(m => none.Equals(m.Text, Caseless)));
        Assert.Throws<ArgumentNullException>(
            () => Samples.Translate(m => m.Text!.StartsWith(none, Caseless)));
    }

    [Fact]
    public void Texts_are_in_order_whatever_their_case()
    {
        Assert.Equal(
            "Text == null || Text < \"aBC\" ignoring case",
            Text(m => string.Compare(m.Text, "aBC", Caseless) < 0, Null));
        Assert.Equal(
            "Text >= \"aBC\" ignoring case",
            Text(m => 0 <= string.Compare(m.Text, "aBC", Caseless), Null));
        Text(m => string.Compare("aBC", m.Text, Caseless) <= 0, Null);
        Text(m => string.Compare(m.Title, m.Text, Caseless) <= 0, Null);
        Text(m => string.Compare(m.Title, m.Text, Caseless) > 0, Null);
        Text(m => string.Compare(m.Text, null, Caseless) > 0, Null);
    }

    [Fact]
    public void Parts_of_texts_are_found_whatever_their_case()
    {
        Assert.Equal(
            "Text.StartsWith(\"AB\", ignoring case)",
            Text(m => m.Text!.StartsWith("AB", Caseless)));
        Assert.Equal(
            "Text.EndsWith(\"BC\", ignoring case)", Text(m => m.Text!.EndsWith("BC", Caseless)));
        Assert.Equal(
            "Text.Contains(\"B\", ignoring case)", Text(m => m.Text!.Contains('B', Caseless)));
        Assert.Equal(
            "Text.Contains(\"bc\")", Text(m => m.Text!.Contains("bc", StringComparison.Ordinal)));
        Text(m => m.Text!.Contains("e\u0301", Caseless));
    }

    [Fact]
    public void A_guard_is_made_without_regard_to_case_at_run_time()
    {
        Assert.True(Samples.Holds(Guard.Equal("Text", "aBC", Caseless), Texts[0]));
        Assert.False(Samples.Holds(Guard.Equal("Text", "aBC", StringComparison.Ordinal), Texts[0]));
        Assert.False(Samples.Holds(Guard.NotEqual("Text", "aBC", Caseless), Texts[0]));
        Assert.True(Samples.Holds(Guard.NotEqual("Text", "aBC", Caseless), Null));
        Assert.True(Samples.Holds(Guard.Equal("Text", null, Caseless), Null));
        Assert.True(Samples.Holds(Guard.LessThan("Text", "ABd", Caseless), Texts[0]));
        Assert.True(Samples.Holds(Guard.LessThanOrEqual("Text", "ABC", Caseless), Texts[0]));
        Assert.True(Samples.Holds(Guard.GreaterThan("Text", "abb", Caseless), Texts[0]));
        Assert.True(Samples.Holds(Guard.GreaterThanOrEqual("Text", "ABC", Caseless), Texts[0]));
        Assert.True(Samples.Holds(Guard.StartsWith("Text", "aB", Caseless), Texts[0]));
        Assert.True(Samples.Holds(Guard.EndsWith("Text", "BC", Caseless), Texts[0]));
        Assert.True(Samples.Holds(Guard.Contains("Text", "B", Caseless), Texts[0]));
        Assert.Equal(
            "Text.StartsWith(\"a\")",
            Guard.StartsWith("Text", "a", StringComparison.Ordinal).ToString());
    }

    [Fact]
    public void A_guard_by_a_culture_or_of_no_text_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Guard.EndsWith("Text", "a", StringComparison.CurrentCultureIgnoreCase));
        Assert.StartsWith(
            "A guard compares texts by ordinal, on every machine alike, and not by "
            + "'CurrentCultureIgnoreCase'. Use StringComparison.Ordinal or "
            + "StringComparison.OrdinalIgnoreCase.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Guard.Equal("Text", "a", (StringComparison)99));
        error = Assert.Throws<ArgumentException>(
            () => GuardValidator.Validate(Samples.Table, Guard.Equal("Int", "1", Caseless)));
        Assert.Contains("property 'Int' of 'int'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_index_is_walked_for_texts_of_any_case()
    {
        Guard[] guards =
        [
            Guard.Equal("Text", "b", Caseless), Guard.LessThan("Text", "b", Caseless),
            Guard.GreaterThan("Text", "b", Caseless), Guard.StartsWith("Text", "b", Caseless),
            Guard.EndsWith("Text", "b", Caseless), Guard.Contains("Text", "b", Caseless),
        ];
        Assert.All(guards, guard =>
        {
            QueryPlan plan = QueryPlanner.Plan(Samples.Table, guard, order: null, isLimited: false);
            Assert.Equal("every record", plan.DescribeWay());
            Assert.Equal(guard.ToString(), plan.DescribeFilter());
        });
    }

    private static string Text(Expression<Func<Sample, bool>> predicate, params Sample[] more)
        => Samples.TextOfAgreeing(predicate, [.. Texts, .. more]);
}
