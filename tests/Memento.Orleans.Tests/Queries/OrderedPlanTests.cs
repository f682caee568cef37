using System.Linq.Expressions;
using Memento.Queries.Plans;
using Memento.Queries.Translation;

namespace Memento.Tests.Queries;

/// <summary>
/// Which way is chosen where indexes have several properties and queries an order.
/// </summary>
public sealed class OrderedPlanTests
{
    [Fact]
    public void An_index_on_several_properties_is_used_as_far_as_values_are_certain()
    {
        AssertWay(
            "index Director_Year, 1 value: Director == \"a\" && Year == 1990",
            m => m.Director == "a" && m.Year == 1990);
        AssertWay("index Director_Year, 1 value: Director == \"a\"", m => m.Director == "a");
        AssertWay(
            "index Director_Year, 1 range: Director == \"a\" && Year > 1990",
            m => m.Director == "a" && m.Year > 1990);
        AssertWay(
            "index Director_Year, 1 range: Director.StartsWith(\"ab\")",
            m => m.Director!.StartsWith("ab") && m.Title != "x",
            "Title != \"x\"");
        AssertWay(
            "index Year_Score_Director, 1 value: Year == 1990 && Score == 1",
            m => m.Year == 1990 && m.Score == 1);
        AssertWay(
            "index Year_Score_Director, 1 range: Year == 1990 && Score > 1",
            m => m.Year == 1990 && m.Score > 1 && m.IsLent,
            "IsLent == true");
    }

    [Fact]
    public void Lists_of_values_of_several_properties_are_combined_up_to_the_limit()
    {
        string?[] directors = ["b", null, "a"];
        int?[] years = [1991, 1990, null];
        QueryPlan plan = Plan(m => directors.Contains(m.Director) && years.Contains(m.Year));

        Assert.Equal("Director_Year", plan.Index?.Name);
        Assert.Equal(
            [
                .. from director in directors.Order()
                   from year in years.Order()
                   select Convert.ToHexString(plan.Index!.EncodeEntry(
                       new Film { Director = director, Year = year }, [])),
            ],
            plan.Ranges.Select(range => Convert.ToHexString(range.From)));
        Assert.All(plan.Ranges, range => Assert.True(range.IsPoint));

        int?[] many = [.. Enumerable.Range(0, QueryPlanner.MaxCombinations / 3).Cast<int?>()];
        int?[] tooMany = [.. many, -1];
        Assert.Equal(
            3 * many.Length,
            Plan(m => directors.Contains(m.Director) && many.Contains(m.Year)).Ranges.Count);
        Assert.Equal(3, Plan(m => directors.Contains(m.Director) && tooMany.Contains(m.Year))
            .Ranges.Count);
    }

    /// <summary>
    /// Where something stands behind the value, its entries are not in the order of keys.
    /// </summary>
    [Fact]
    public void The_first_values_of_an_index_are_no_points_of_it()
    {
        Assert.True(Assert.Single(
            Plan(m => m.Director == "a" && m.Year == 1990).Ranges).IsPoint);
        Assert.False(Assert.Single(Plan(m => m.Director == "a").Ranges).IsPoint);
        Assert.False(Assert.Single(Plan(m => m.Shelf == 1).Ranges).IsPoint);
    }

    [Fact]
    public void A_unique_index_on_several_properties_is_preferred_where_all_have_values()
    {
        Assert.Equal("Title", NameOf(m => m.Title == "a" && m.Director == "b"));
        Assert.Equal("Genre_Title_Director", NameOf(
            m => m.Genre == Genre.Crime && m.Title == "a" && m.Director == "b" && m.Year == 1990));
        Assert.Equal("Director_Year", NameOf(
            m => m.Genre == Genre.Crime && m.Director == "b" && m.Year == 1990));
        Assert.Equal(PathRank.UniqueValues, RankOf(
            m => m.Genre == Genre.Crime && m.Title == "a" && m.Director == "b"));
        Assert.Equal(PathRank.IndexValues, RankOf(
            m => m.Genre == Genre.Crime && m.Title == null && m.Director == "b"));

        PathRank RankOf(Expression<Func<Film, bool>> predicate) => Plan(predicate).Path.Rank;
    }

    [Fact]
    public void An_index_gives_an_order_of_its_own_properties()
    {
        AssertOrdered(Plan(_ => true, "Year"), "index Year, in order", 0);
        AssertOrdered(Plan(_ => true, "Year descending"), "index Year, in order", 0);
        AssertOrdered(Plan(_ => true, "Director", "Year"), "index Director_Year, in order", 0);
        AssertOrdered(
            Plan(m => m.Year > 1990, "Year"), "index Year, 1 range: Year > 1990", 0);
        AssertOrdered(
            Plan(m => m.Director == "a", "Director", "Year", "Shelf"),
            "index Director_Year, 1 value: Director == \"a\"",
            0);

        AssertSorted(Plan(_ => true, "Title", "Year"));
        AssertSorted(Plan(_ => true, "Director descending", "Year"));
        AssertSorted(Plan(_ => true, "Director"));
        AssertSorted(Plan(_ => true, "Year descending", "Shelf"));
        AssertSorted(Plan(_ => true, "Home.City"));
    }

    [Fact]
    public void An_index_gives_an_order_behind_values_that_are_fixed()
    {
        int director = 3;
        AssertOrdered(
            Plan(m => m.Director == "a", "Year"),
            "index Director_Year, 1 value: Director == \"a\"",
            director);
        AssertOrdered(
            Plan(m => m.Director == "a" && m.Year > 1990, "Year descending"),
            "index Director_Year, 1 range: Director == \"a\" && Year > 1990",
            director);
        AssertOrdered(
            Plan(m => m.Director == null, "Year"),
            "index Director_Year, 1 value: Director == null",
            1);
        AssertOrdered(
            Plan(m => m.Director == "a" && m.Year == 1990, "Shelf descending"),
            "index Director_Year, 1 value: Director == \"a\" && Year == 1990",
            director + 9);

        string[] directors = ["a", "b"];
        AssertOrdered(
            Plan(m => directors.Contains(m.Director), "Year"),
            "index Director_Year, 2 values: Director in (\"a\", \"b\")",
            director,
            prefixes: 2);
        AssertOrdered(
            Plan(m => directors.Contains(m.Director), "Director", "Year"),
            "index Director_Year, 2 values: Director in (\"a\", \"b\")",
            0);
        AssertSorted(Plan(m => m.Director == "a", "Shelf"));
    }

    [Fact]
    public void The_order_of_the_keys_is_that_of_the_records()
    {
        foreach (string direction in (string[])["Shelf", "Shelf descending"])
        {
            QueryPlan plan = Plan(m => m.Shelf > 3, direction);
            Assert.True(plan.IsOrdered);
            Assert.Empty(Assert.Single(plan.Path.Prefixes!));
            Assert.Null(plan.DescribeOrder());
        }

        Assert.True(Plan(_ => true, "Shelf").IsAll);
        Assert.False(Plan(_ => true, "Room").IsOrdered);
        Assert.False(Plan(m => m.Shelf == 1, "Room").IsOrdered);
    }

    [Fact]
    public void Of_two_ways_as_good_the_one_in_the_order_is_taken()
    {
        Assert.Equal("Year", Plan(m => m.Year > 1 && m.Score > 1, "Year").Index?.Name);
        Assert.Equal("Score", Plan(m => m.Year > 1 && m.Score > 1, "Score").Index?.Name);
    }

    [Fact]
    public void A_range_in_no_order_is_left_where_only_the_first_are_wanted()
    {
        Expression<Func<Film, bool>> range = m => m.Score > 1 && m.Score < 5;
        Assert.Equal("index Score, 1 range: Score > 1 && Score < 5", Way(isLimited: false, "Year"));
        Assert.Equal("index Year, in order", Way(isLimited: true, "Year"));
        Assert.Equal(
            "index Score, 1 range: Score > 1 && Score < 5", Way(isLimited: true, "Title", "Year"));

        // By key, the partitions decide, because they see the length of the range.
        Assert.Equal("index Score, 1 range: Score > 1 && Score < 5", Way(isLimited: true, "Shelf"));

        // Of the ways in the order, the way that leads to fewer records.
        range = m => m.Score > 1 && m.Score < 5 && m.Year > 1990;
        Assert.Equal("index Year, 1 range: Year > 1990", Way(isLimited: true, "Year"));

        // A value is rarely in many records.
        range = m => m.Score == 1;
        Assert.Equal("index Score, 1 value: Score == 1", Way(isLimited: true, "Year"));

        string Way(bool isLimited, params string[] order)
            => Plan(range, isLimited, order).DescribeWay();
    }

    [Fact]
    public void Any_order_will_do_where_none_is_asked_for()
    {
        QueryPlan plan = QueryPlanner.Plan(
            Films.Table, Guard.Equal("Score", 1), order: null, isLimited: true);

        Assert.True(plan.IsOrdered);
        Assert.Empty(Assert.Single(plan.Path.Prefixes!));
        Assert.Null(plan.DescribeOrder());
    }

    [Fact]
    public void What_finds_nothing_has_no_order()
    {
        QueryPlan plan = Plan(_ => false, "Home.City");

        Assert.True(plan.IsNothing);
        Assert.Null(plan.DescribeOrder());
        Assert.Null(plan.DescribeFilter());
    }

    [Fact]
    public void An_order_is_described_with_where_it_comes_from()
    {
        Assert.Equal(
            "Year descending, from index Director_Year",
            Plan(m => m.Director == "a", "Year descending").DescribeOrder());
        Assert.Equal(
            "Title, Home.City descending, sorted",
            Plan(_ => true, "Title", "Home.City descending").DescribeOrder());
    }

    private static void AssertWay(
        string way, Expression<Func<Film, bool>> predicate, string? filter = null)
    {
        QueryPlan plan = Plan(predicate);
        Assert.Equal((way, filter), (plan.DescribeWay(), plan.DescribeFilter()));
    }

    private static void AssertOrdered(
        QueryPlan plan, string way, int prefixLength, int prefixes = 1)
    {
        Assert.Equal((way, true), (plan.DescribeWay(), plan.IsOrdered));
        Assert.Equal(prefixes, plan.Path.Prefixes!.Count);
        Assert.All(plan.Path.Prefixes, prefix => Assert.Equal(prefixLength, prefix.Length));
        Assert.All(plan.Ranges, range => Assert.Single(
            plan.Path.Prefixes, prefix => range.From.AsSpan().StartsWith(prefix)));
    }

    private static void AssertSorted(QueryPlan plan) => Assert.Null(plan.Path.Prefixes);

    private static string? NameOf(Expression<Func<Film, bool>> predicate)
        => Plan(predicate).Index?.Name;

    private static QueryPlan Plan(Expression<Func<Film, bool>> predicate, params string[] order)
        => Plan(predicate, isLimited: false, order);

    private static QueryPlan Plan(
        Expression<Func<Film, bool>> predicate, bool isLimited, params string[] order)
        => QueryPlanner.Plan(
            Films.Table, GuardTranslator.Translate(predicate), Films.Order(order), isLimited);
}
