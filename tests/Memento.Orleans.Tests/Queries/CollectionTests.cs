using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Memento.Queries.Evaluation;
using Memento.Queries.Plans;

namespace Memento.Tests.Queries;

/// <summary>Conditions on the items of collections, and for each value of a list.</summary>
[SuppressMessage("Performance", "CA1860", Justification = "What is translated is written down.")]
public sealed class CollectionTests
{
    private static readonly Sample Empty = new();

    private static readonly Sample Full = new()
    {
        Text = "abc",
        Int = 2,
        Double = double.NaN,
        Tags = ["a", "bc", "a"],
        Numbers = [1, 2, 3],
        Scores = [1, null],
        Offices = [new Address { City = "Rome", Number = 1 }, new Address { City = "Oslo" }],
    };

    private static readonly Sample Bare = new() { Tags = [], Numbers = [], Offices = [] };

    [Fact]
    public void Items_that_satisfy_a_condition_are_counted()
    {
        string tag = "a";
        Assert.Equal(
            "Tags.Count(item == \"a\") > 1", Text(m => m.Tags!.Count(item => item == tag) > 1));
        Assert.Equal(
            "Offices.Count(City == \"Rome\" && Number < 3) == 1",
            Text(m => m.Offices!.Count(office => office.City == "Rome" && office.Number < 3) == 1));
        Assert.Equal(
            "(Numbers.Count(item > 1) * 2) > Numbers.Count",
            Text(m => m.Numbers!.Count(item => item > 1) * 2 > m.Numbers!.Length));
        Assert.Equal(
            "Numbers.Count(item > 1) == Int",
            Text(m => m.Numbers!.Count(item => item > 1) == m.Int));
        Assert.True(Samples.Holds(m => m.Scores.Count(item => item == null) == 1, Full));
    }

    [Fact]
    public void There_is_no_count_of_null()
    {
        Assert.False(Samples.Holds(m => m.Tags!.Count(item => item == "a") == 0, Empty));
        Assert.False(Samples.Holds(m => m.Tags!.Count(item => item == "a") >= 0, Empty));
        Assert.False(Samples.Holds(Guard.CountBetween("Tags", 0, 9), Empty));
    }

    [Fact]
    public void A_guard_about_items_is_made_at_run_time()
    {
        Guard isShort = Guard.Equal(Guard.Item, "a");
        Assert.True(Samples.Holds(Guard.Any("Tags"), Full));
        Assert.False(Samples.Holds(Guard.Any("Tags"), Bare));
        Assert.True(Samples.Holds(Guard.Any("Tags", isShort), Full));
        Assert.False(Samples.Holds(Guard.All("Tags", isShort), Full));
        Assert.True(Samples.Holds(Guard.All("Tags", isShort), Bare));
        Assert.False(Samples.Holds(Guard.All("Tags", isShort), Empty));
        Assert.True(Samples.Holds(Guard.Any("Offices", Guard.Equal("City", "Oslo")), Full));
        Assert.True(Samples.Holds(Guard.CountBetween("Tags", 3, 3), Full));
        Assert.True(Samples.Holds(Guard.CountBetween("Tags", 2, 2, isShort), Full));
        Assert.False(Samples.Holds(Guard.CountBetween("Tags", 3, 9, isShort), Full));
        Assert.True(Samples.Holds(
            Guard.Any(
                "Tags", Guard.StartsWith(Guard.Item, "B", StringComparison.OrdinalIgnoreCase)),
            Full));
        Assert.Equal("Tags.Count(item == \"a\") >= 1 && Tags.Count(item == \"a\") <= 2",
            Guard.CountBetween("Tags", 1, 2, isShort).ToString());
        Assert.Throws<ArgumentNullException>(() => Guard.Any("Tags", null!));
        Assert.Throws<ArgumentNullException>(() => Guard.All("Tags", null!));
        Assert.Contains(
            "there is no item outside",
            Assert.Throws<ArgumentException>(
                () => GuardValidator.Validate(Samples.Table, isShort)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_guard_inside_a_count_counts_for_the_limits()
    {
        // Above the items' guard are the count, its comparison, and that there are two of them.
        Guard deepest = GuardTests.Alternating(Guard.MaxDepth - 3);
        Assert.Equal(Guard.MaxDepth, Guard.CountBetween("A", 0, 1, deepest).Root.Size.Depth);
        Assert.Throws<ArgumentException>(() => Guard.CountBetween(
            "A", 0, 1, GuardTests.Alternating(Guard.MaxDepth - 2)));
        Guard many = Guard.Or(Enumerable.Range(0, (Guard.MaxNodes / 2) - 1)
            .Select(value => Guard.Equal("B", value)));
        Assert.Throws<ArgumentException>(() => Guard.CountBetween("A", 0, 1, many));
    }

    [Fact]
    public void A_condition_is_asked_for_each_value_of_a_list()
    {
        string[] wanted = ["bc", "x"];
        List<int> numbers = [1, 5];
        HashSet<string> set = new(StringComparer.OrdinalIgnoreCase) { "AB", "X" };
        Assert.Equal(
            "Tags.Any(item in (\"bc\", \"x\"))",
            Text(m => wanted.Any(tag => m.Tags!.Contains(tag))));
        Assert.Equal(
            "Tags.Any(item in (\"bc\")) && Tags.Any(item in (\"x\"))",
            Text(m => wanted.All(tag => m.Tags!.Contains(tag))));
        Assert.Equal(
            "Text.StartsWith(\"bc\") || Text.StartsWith(\"x\")",
            Text(m => wanted.Any(start => m.Text!.StartsWith(start, StringComparison.Ordinal))));
        Assert.Equal("Int in (1, 5)", Text(m => numbers.Exists(number => number == m.Int), Empty));
        Assert.Equal(
            "Int != 1 && Int != 5",
            Text(m => numbers.TrueForAll(number => m.Int != number), Empty));
        Assert.Equal(
            "(Int > 1 && Text == null) || (Int > 5 && Text == null)",
            Text(m => numbers.Any(number => m.Int > number && m.Text == null), Empty));
        Assert.Equal(
            "Text.Contains(\"AB\", ignoring case) || Text.Contains(\"X\", ignoring case)",
            Text(m => set.Any(part => m.Text!.Contains(part, StringComparison.OrdinalIgnoreCase))));
        Assert.Equal(
            "Offices.Any(City in (\"bc\", \"x\"))",
            Text(m => m.Offices!.Any(office => wanted.Any(city => city == office.City))));
    }

    [Fact]
    public void No_value_satisfies_any_and_all_conditions()
    {
        string[] none = [];
        Assert.Same(Guard.False, Samples.Translate(m => none.Any(tag => m.Tags!.Contains(tag))));
        Assert.Same(Guard.True, Samples.Translate(m => none.All(tag => m.Tags!.Contains(tag))));
        Assert.Throws<ArgumentNullException>(
            () => Samples.Translate(m => ((string[])null!).Any(tag => m.Text == tag)));
    }

    [Fact]
    public void Nothing_is_asked_after_a_value_that_decides()
    {
        string?[] wanted = ["a", null];
        Assert.Same(
            Guard.True,
            Samples.Translate(m => wanted.Any(tag => tag!.Length == 1 || m.Text == tag)));
        Assert.Throws<NullReferenceException>(
            () => Samples.Translate(m => wanted.All(tag => tag!.Length == 1 && m.Text == tag)));
    }

    [Fact]
    public void NaN_is_equal_to_nothing_in_a_condition_for_each_value()
    {
        double[] reals = [double.NaN, double.NaN];
        Assert.False(Samples.Holds(m => reals.Any(real => real == m.Double), Full));
        Assert.True(Samples.Holds(m => reals.Contains(m.Double), Full));
    }

    [Fact]
    public void Values_that_are_asked_by_equality_are_looked_up()
    {
        int[] numbers = [.. Enumerable.Range(0, Guard.MaxListItems)];
        QueryPlan plan = QueryPlanner.Plan(
            Samples.Table,
            Samples.Translate(m => numbers.Any(number => number == m.Int)),
            order: null,
            isLimited: false);
        Assert.StartsWith("index Int, 100000 values", plan.DescribeWay(), StringComparison.Ordinal);

        int[] more = [.. numbers, -1];
        Assert.Throws<ArgumentException>(
            () => Samples.Translate(m => more.Any(number => number == m.Int)));
        Assert.Throws<ArgumentException>(
            () => Samples.Translate(m => numbers.Any(number => number < m.Int)));
    }

    private static string Text(Expression<Func<Sample, bool>> predicate, params Sample[] more)
        => Samples.TextOfAgreeing(predicate, [Full, .. more]);
}
