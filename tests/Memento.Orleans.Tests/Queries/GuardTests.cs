using System.Text;
using Memento.Queries;

namespace Memento.Tests.Queries;

public sealed class GuardTests
{
    [Fact]
    public void A_guard_reads_like_the_predicate_that_it_is()
    {
        Guard guard = Guard.And(
            Guard.Equal("Director", "Ron \"the\" Howard"),
            Guard.Or(Guard.LessThan("Year", 2000), Guard.IsNull("Year")),
            Guard.Not(Guard.StartsWith("Title", "Ru")),
            Guard.In("Letter", new[] { 'a', 'b' }),
            Guard.GreaterThanOrEqual("Genre", Genre.Comedy));

        Assert.Equal(
            "Director == \"Ron \\\"the\\\" Howard\" && (Year < 2000 || Year == null) "
            + "&& !(Title.StartsWith(\"Ru\")) && Letter in ('a', 'b') && Genre >= Comedy",
            guard.ToString());
    }

    [Fact]
    public void A_long_list_is_shown_in_part()
        => Assert.Equal(
            "Year in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 2 more)",
            Guard.In("Year", Enumerable.Range(0, 12)).ToString());

    [Fact]
    public void Nothing_joined_by_and_is_true_and_by_or_is_false()
    {
        Assert.Same(Guard.True, Guard.And());
        Assert.Same(Guard.False, Guard.Or());
    }

    [Fact]
    public void What_changes_nothing_is_left_out()
    {
        Assert.Equal("A == 1", Guard.And(Guard.True, Guard.Equal("A", 1)).ToString());
        Assert.Equal("A == 1", Guard.Or(Guard.False, Guard.Equal("A", 1)).ToString());
        Assert.Equal("A == 1", Guard.Not(Guard.Not(Guard.Equal("A", 1))).ToString());
        Assert.Same(Guard.False, Guard.Not(Guard.True));
    }

    [Fact]
    public void A_chain_of_any_length_is_one_level()
    {
        Guard guard = Guard.Equal("A", 0);
        for (int value = 1; value < 500; value++)
            guard = Guard.Or(guard, Guard.Equal("A", value));

        Assert.Equal(2, guard.Root.Size.Depth);
    }

    [Fact]
    public void A_guard_may_be_as_deep_as_the_limit_and_no_deeper()
    {
        Guard deepest = Alternating(Guard.MaxDepth);

        Assert.Equal(Guard.MaxDepth, deepest.Root.Size.Depth);
        ArgumentException error = Assert.Throws<ArgumentException>(() => Guard.Not(deepest));
        Assert.Equal(
            "A guard may be nested 100 levels deep and no deeper. Join more guards on one level: "
            + "And and Or take any number of them.",
            error.Message);
    }

    [Fact]
    public void A_guard_may_have_as_many_nodes_as_the_limit_and_no_more()
    {
        Guard[] most =
            [.. Enumerable.Range(0, Guard.MaxNodes - 1).Select(value => Guard.Equal("A", value))];

        Assert.Equal(Guard.MaxNodes, Guard.Or(most).Root.Size.Nodes);
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Guard.Or([.. most, Guard.Equal("A", -1)]));
        Assert.StartsWith(
            "A guard may have 10000 comparisons and connectives and no more.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_guard_that_doubles_itself_is_counted_and_not_walked()
    {
        Guard guard = Guard.Equal("A", 1);
        Assert.Throws<ArgumentException>(() =>
        {
            for (int level = 0; level < Guard.MaxDepth / 2; level++)
                guard = Guard.Or(Guard.And(guard, guard), guard);
        });
    }

    [Fact]
    public void Lists_may_have_as_many_values_as_the_limit_and_no_more()
    {
        Guard most = Guard.In("A", Enumerable.Range(0, Guard.MaxListItems));

        Assert.Equal(Guard.MaxListItems, most.Root.Size.ListItems);
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Guard.In("A", Enumerable.Range(0, int.MaxValue)));
        Assert.StartsWith(
            "The lists of a guard may have 100000 values together and no more.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            () => Guard.And(most, Guard.In("B", new[] { 1 }), Guard.True));
    }

    [Fact]
    public void A_value_of_a_type_that_no_key_has_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Guard.Equal("A", new StringBuilder()));

        Assert.Equal(
            "A guard cannot hold a value of type 'System.Text.StringBuilder'. It takes null, "
            + "numbers, strings, characters, booleans, enums, Guids, dates and times.",
            error.Message);
        Assert.Throws<ArgumentException>(() => Guard.In("A", new object[] { 1, new object() }));
    }

    [Fact]
    public void A_missing_name_guard_or_list_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => Guard.Equal(null!, 1));
        Assert.Throws<ArgumentException>(() => Guard.Equal("", 1));
        Assert.Throws<ArgumentNullException>(() => Guard.And(Guard.True, null!));
        Assert.Throws<ArgumentNullException>(() => Guard.Not(null!));
        Assert.Throws<ArgumentNullException>(() => Guard.In("A", null!));
        Assert.Throws<ArgumentNullException>(() => Guard.StartsWith("A", null!));
    }

    [Fact]
    public void A_local_time_is_universal_in_a_guard()
    {
        var local = new DateTime(2020, 5, 17, 12, 0, 0, DateTimeKind.Local);
        var compare = (CompareNode)Guard.Equal("A", local).Root;

        var time = (DateTime)((ConstantOperand)compare.Right).Value!;
        Assert.Equal(local.ToUniversalTime(), time);
        Assert.Equal(DateTimeKind.Utc, time.Kind);
    }

    [Fact]
    public void A_constant_on_the_left_goes_to_the_right()
        => Assert.Equal(
            "A > 1",
            Guard.Compare(
                GuardOperator.LessThan,
                new ConstantOperand(1),
                new PropertyOperand("A")).ToString());

    /// <summary>As deep as asked, with one comparison more on each level.</summary>
    internal static Guard Alternating(int depth)
    {
        Guard guard = Guard.Equal("Int", 0);
        for (int level = 1; level < depth; level++)
        {
            guard = level % 2 == 0
                ? Guard.And(guard, Guard.NotEqual("Int", level))
                : Guard.Or(guard, Guard.Equal("Int", level));
        }

        return guard;
    }
}
