using System.Linq.Expressions;
using Memento.Keys;
using Memento.Queries.Plans;
using Memento.Queries.Translation;
using Memento.Tables;

namespace Memento.Tests.Queries;

public sealed class QueryPlannerTests
{
    private static readonly TableDefinition Pairs = TableDefinitionReader.Read(typeof(Pair));

    [Fact]
    public void A_key_that_is_given_whole_is_looked_up()
    {
        QueryPlan plan = Plan(m => m.Plain > 1 && m.Second == "b" && m.First == 7);

        Assert.Equal([KeyOf(7, "b")], plan.Keys);
        Assert.Equal("Plain > 1 && Second == \"b\" && First == 7", plan.Guard.ToString());
        Assert.Equal(
            "key First, Second, 1 key: Second == \"b\" && First == 7; then filtered by Plain > 1",
            Describe(plan));
    }

    [Fact]
    public void What_is_not_different_from_a_value_is_that_value()
    {
        QueryPlan plan = Plan(m => !(m.First != 7));

        Assert.Equal(Plan(m => m.First == 7).Ranges, plan.Ranges, SameRange);

        static bool SameRange(KeyRange one, KeyRange other)
            => one.From.AsSpan().SequenceEqual(other.From)
                && one.To.AsSpan().SequenceEqual(other.To);
    }

    [Fact]
    public void Lists_of_parts_of_a_key_give_all_their_combinations_in_order()
    {
        int[] firsts = [7, 3];
        string[] seconds = ["b", "a", "b"];
        QueryPlan plan = Plan(m => firsts.Contains(m.First) && seconds.Contains(m.Second));

        Assert.Equal([KeyOf(3, "a"), KeyOf(3, "b"), KeyOf(7, "a"), KeyOf(7, "b")], plan.Keys);
    }

    [Fact]
    public void More_combinations_than_the_limit_are_left_to_the_filter()
    {
        int[] firsts = [.. Enumerable.Range(0, QueryPlanner.MaxCombinations / 2)];
        string[] most = ["a", "b"];
        string[] more = ["a", "b", "c"];

        Assert.Equal(
            QueryPlanner.MaxCombinations,
            Plan(m => firsts.Contains(m.First) && most.Contains(m.Second)).Keys!.Count);
        QueryPlan plan = Plan(m => firsts.Contains(m.First) && more.Contains(m.Second));
        Assert.Null(plan.Keys);
        Assert.Equal(firsts.Length, plan.Ranges.Count);
    }

    [Fact]
    public void The_first_part_of_a_key_is_a_range_of_keys_and_the_next_part_narrows_it()
    {
        AssertLeads(
            Plan(m => m.First == 7), "key First, 1 value: First == 7", (7, ""), (7, "z"), (8, ""));
        AssertLeads(
            Plan(m => m.First == 7 && string.CompareOrdinal(m.Second, "b") >= 0),
            "key First, Second, 1 range: First == 7 && Second >= \"b\"",
            (7, "b"),
            (7, "z"),
            (7, "a"));
        AssertLeads(
            Plan(m => m.First > 7 && m.Second == "b"),
            "key First, 1 range: First > 7; then filtered by Second == \"b\"",
            (8, "b"),
            (9, ""),
            (7, "b"));
        Assert.True(Plan(m => m.Second == "b").IsAll);
    }

    [Fact]
    public void Conditions_on_one_property_intersect()
    {
        QueryPlan plan = Plan(m => m.Plain >= 10 && m.Plain < 20 && m.Plain != 15);

        Assert.Equal(
            "index Plain, 1 range: Plain >= 10 && Plain < 20; then filtered by Plain != 15",
            Describe(plan));
        Assert.Equal([10, 19], Led(plan, 9, 10, 19, 20));
        Assert.True(Plan(m => m.Plain > 20 && m.Plain < 10).IsNothing);
        Assert.Equal([10], Led(Plan(m => m.Plain > 9 && m.Plain <= 10), 9, 10, 11));
    }

    [Fact]
    public void Lists_and_alternatives_are_several_places()
    {
        int[] values = [5, 3, 5];
        QueryPlan plan = Plan(m => values.Contains(m.Plain));

        Assert.Equal("index Plain, 2 values: Plain in (5, 3, 5)", Describe(plan));
        Assert.Equal([3, 5], Led(plan, 2, 3, 4, 5, 6));
        Assert.Equal(
            "index Plain, 2 ranges: (Plain < 3 || Plain == 7)",
            Describe(Plan(m => m.Plain < 3 || m.Plain == 7)));
        Assert.Equal([2, 7], Led(Plan(m => m.Plain < 3 || m.Plain == 7), 2, 3, 7, 8));
        Assert.Equal([3], Led(Plan(m => values.Contains(m.Plain) && m.Plain < 5), 3, 4, 5));
        Assert.Single(Plan(m => m.Plain < 9 || m.Plain < 3 || m.Plain == 7).Ranges);
    }

    [Fact]
    public void A_prefix_is_a_range_of_texts()
    {
        QueryPlan plan = Plan(m => m.Code!.StartsWith("ab"));

        Assert.Equal("index Code, 1 range: Code.StartsWith(\"ab\")", Describe(plan));
        Assert.Equal(["ab", "abz", "ab\uffff"], new[] { "aa", "ab", "abz", "ab\uffff", "ac" }
            .Where(code => Leads(plan, new Pair { Code = code })));
        Assert.Equal(
            "index Code, 1 range: Code.StartsWith(\"\")",
            Describe(Plan(m => m.Code!.StartsWith(""))));
        Assert.True(Plan(m => m.Code!.EndsWith("ab")).IsAll);
    }

    [Fact]
    public void A_unique_index_is_preferred_and_a_value_to_a_range()
    {
        Assert.Equal(
            "index Code, 1 value: Code == \"x\"; then filtered by Plain == 1",
            Describe(Plan(m => m.Plain == 1 && m.Code == "x")));
        Assert.Equal("Plain", Plan(m => m.Plain == 1 && m.First > 3).Index?.Name);
        Assert.Equal("Plain", Plan(m => m.Plain == 1 && m.Code!.StartsWith('x')).Index?.Name);
        Assert.Null(Plan(m => m.Plain > 1 && m.First > 3).Index);
        Assert.Equal("Plain", Plan(m => m.Plain > 1 && m.Plain < 9 && m.First > 3).Index?.Name);
    }

    [Fact]
    public void Null_and_NaN_are_found_in_an_index_like_other_values()
    {
        string?[] codes = ["x", null];
        var all = new[] { null, "", "w", "x" };
        AssertFinds(Plan(m => m.Code == null), "index Code, 1 value: Code == null", [null]);
        AssertFinds(Plan(m => m.Code != null), "index Code, 1 range: Code != null", all[1..]);
        AssertFinds(
            Plan(m => codes.Contains(m.Code)),
            "index Code, 2 values: Code in (\"x\", null)",
            [null, "x"]);
        AssertFinds(
            Plan(m => m.Code == null || m.Code == "x"),
            "index Code, 2 values: (Code == null || Code == \"x\")",
            [null, "x"]);
        AssertFinds(
            Plan(m => string.CompareOrdinal(m.Code, "x") < 0),
            "index Code, 2 ranges: (Code == null || Code < \"x\")",
            all[..^1]);
        AssertFinds(
            Plan(m => m.Code != null && codes.Contains(m.Code)),
            "index Code, 1 value: Code != null && Code in (\"x\", null)",
            ["x"]);
        Assert.Equal(
            "index Double, 2 values: Double in (1, NaN)",
            Describe(Plan(Samples.Table, Guard.In("Double", new[] { 1, double.NaN }))));
        Assert.True(Plan(Samples.Table, Guard.IsNotNull("Double")).IsAll);
        Assert.True(Plan(Samples.Table, Guard.IsNull("Double")).IsNothing);

        void AssertFinds(QueryPlan plan, string description, params string?[] expected)
        {
            Assert.Equal(description, Describe(plan));
            Assert.Equal(expected, all.Where(code => Leads(plan, new Pair { Code = code })));
        }
    }

    /// <summary>Null may be in any number of records, also in a unique index.</summary>
    [Fact]
    public void A_unique_index_is_preferred_for_values_alone()
    {
        Assert.Equal("Code", Plan(m => m.Plain == 1 && m.Code == "x").Index?.Name);
        Assert.Equal("Plain", Plan(m => m.Plain == 1 && m.Code == null).Index?.Name);
    }

    [Fact]
    public void What_says_nothing_of_an_indexed_property_is_left_to_the_filter()
    {
        Assert.True(Plan(m => m.Plain == 1 || m.Code == "x").IsAll);
        Assert.True(Plan(m => !(m.Plain == 1)).IsAll);
        Assert.True(Plan(m => m.Plain + 1 == 2).IsAll);
        Assert.True(Plan(m => m.Plain == m.First).IsAll);
        Assert.Equal("every record", Describe(Plan(m => true)));
        Assert.Equal(
            "every record; then filtered by Plain != 1", Describe(Plan(m => m.Plain != 1)));
    }

    [Fact]
    public void What_no_record_can_satisfy_reads_nothing()
    {
        Assert.True(Plan(m => false).IsNothing);
        Assert.True(Plan(Pairs, Guard.Equal("Plain", long.MaxValue)).IsNothing);
        Assert.True(Plan(Pairs, Guard.GreaterThan("Plain", long.MaxValue)).IsNothing);
        Assert.True(Plan(Samples.Table, Guard.Equal("Double", double.NaN)).IsNothing);
        Assert.True(Plan(Samples.Table, Guard.LessThan("Double", double.NaN)).IsNothing);
        Assert.True(Plan(Samples.Table, Guard.LessThan("MaybeInt", null)).IsNothing);
        Assert.True(Plan(Samples.Table, Guard.Equal("Byte", -1)).IsNothing);
        Assert.True(Plan(Samples.Table, Guard.Equal("MaybeByte", -1)).IsNothing);
        Assert.True(Plan(Samples.Table, Guard.In("Int", Array.Empty<int>())).IsNothing);
        Assert.Equal(
            "nothing: no record can satisfy Plain > 9223372036854775807",
            Describe(Plan(Pairs, Guard.GreaterThan("Plain", long.MaxValue))));
    }

    [Fact]
    public void A_constant_out_of_range_bounds_nothing()
    {
        Assert.True(Plan(Pairs, Guard.LessThan("Plain", long.MaxValue)).IsAll);
        Assert.Equal(
            [int.MaxValue], Led(Plan(m => m.Plain >= int.MaxValue), int.MaxValue, 0));
        Assert.True(Plan(Samples.Table, Guard.GreaterThan("ULong", ulong.MaxValue)).IsNothing);
        Assert.Null(Assert.Single(
            Plan(Samples.Table, Guard.LessThanOrEqual("ULong", ulong.MaxValue)).Ranges).To);
    }

    [Fact]
    public void A_constant_that_several_values_may_equal_is_not_looked_up()
    {
        Assert.True(Plan(Samples.Table, Guard.Equal("Long", 9007199254740993.0)).IsAll);
        Assert.True(Plan(Samples.Table, Guard.LessThan("Long", 9007199254740993.0)).IsAll);
        Assert.True(Plan(Samples.Table, Guard.In("Long", new object[] { 1L, 2.0 })).IsAll);
    }

    [Fact]
    public void Constants_are_encoded_as_the_propertys_type()
    {
        IndexDefinition rating = Samples.Table.Indexes.Single(index => index.Name == "Rating");
        QueryPlan plan = Plan(Samples.Table, Guard.Equal("Rating", 255L));

        Assert.Same(rating, plan.Index);
        Assert.Equal(
            rating.EncodeEntry(new Sample { Rating = Rating.Best }, []),
            Assert.Single(plan.Ranges).From);
    }

    [Fact]
    public void A_guard_that_does_not_fit_the_table_is_refused_whatever_the_plan()
    {
        Assert.Throws<ArgumentException>(() => Plan(Pairs, Guard.Equal("Colour", 1)));
        Assert.Throws<ArgumentException>(() => Plan(Pairs, Guard.Equal("Code", 1)));
        Assert.Throws<ArgumentException>(
            () => Plan(Pairs, Guard.And(Guard.False, Guard.Equal("Colour", 1))));
    }

    private static QueryPlan Plan(Expression<Func<Pair, bool>> predicate)
        => Plan(Pairs, GuardTranslator.Translate(predicate));

    private static QueryPlan Plan(TableDefinition table, Guard guard)
        => QueryPlanner.Plan(table, guard, order: null, isLimited: false);

    private static string Describe(QueryPlan plan)
        => plan.DescribeFilter() is { } filter
            ? $"{plan.DescribeWay()}; then filtered by {filter}"
            : plan.DescribeWay();

    private static Key KeyOf(int first, string second)
        => Pairs.KeyOf(new Pair { First = first, Second = second });

    /// <summary>Which of the values of Plain the plan leads to.</summary>
    private static int[] Led(QueryPlan plan, params int[] values)
        => [.. values.Where(value => Leads(plan, new Pair { Plain = value }))];

    /// <summary>The last of the keys is the one to which the plan does not lead.</summary>
    private static void AssertLeads(
        QueryPlan plan, string description, params (int First, string Second)[] keys)
    {
        Assert.Equal(description, Describe(plan));
        Assert.Equal(keys[..^1], keys.Where(
            key => Leads(plan, new Pair { First = key.First, Second = key.Second })));
    }

    private static bool Leads(QueryPlan plan, Pair pair)
    {
        byte[] key = Pairs.KeyOf(pair).Bytes;
        byte[] place = plan.Index?.EncodeEntry(pair, key) ?? key;
        return plan.Ranges.Any(range => range.Contains(place));
    }
}
