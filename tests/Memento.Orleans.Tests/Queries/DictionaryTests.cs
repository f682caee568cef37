using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Linq.Expressions;
using Memento.Queries;
using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Queries.Plans;
using Memento.Queries.Translation;

namespace Memento.Tests.Queries;

/// <summary>Conditions on the dictionaries in a record.</summary>
public sealed class DictionaryTests
{
    private static readonly Sample Empty = new();

    private static readonly Sample Full = new()
    {
        Text = "red",
        Meta = new() { ["colour"] = "red", ["none"] = null, ["a\"].b"] = "odd" },
        Stock = new() { [5] = 7, [6] = null },
        Places = new() { [Genre.Crime] = new Address { City = "Oslo", Spot = new Point(1, 2) } },
    };

    [Fact]
    public void The_value_of_a_key_is_compared()
    {
        string key = "colour";
        Assert.Equal("Meta[\"colour\"] == \"red\"", Text(m => m.Meta![key] == "red"));
        Assert.Equal("Meta[\"colour\"] == Text", Text(m => m.Meta!["colour"] == m.Text));
        Assert.Equal("Meta[\"colour\"].Length > 2", Text(m => m.Meta![key]!.Length > 2));
        Assert.Equal("Meta[\"a\\\"].b\"] == \"odd\"", Text(m => m.Meta!["a\"].b"] == "odd"));
        Assert.Equal("Stock[\"5\"] > 6", Text(m => m.Stock![5] > 6));
        Assert.Equal(
            "Places[\"2\"].City == \"Oslo\"",
            Text(m => m.Places![Genre.Crime].City == "Oslo"));
        Assert.True(Samples.Holds(m => m.Places![Genre.Crime].Spot!.Value.Y == 2, Full));
        Assert.True(Samples.Holds(m => m.Meta!["colour"]!.Contains('e'), Full));
    }

    [Fact]
    public void What_is_not_there_is_null()
    {
        Assert.All(
            (Sample[])[Full, Empty],
            sample =>
            {
                Assert.True(Samples.Holds(m => m.Meta!["x"] == null, sample));
                Assert.True(Samples.Holds(m => m.Meta!["x"] != "red", sample));
                Assert.False(Samples.Holds(m => m.Meta!["x"] == "red", sample));
                Assert.True(Samples.Holds(m => m.Stock![8] == null, sample));
                Assert.False(Samples.Holds(m => m.Stock![8] < 9, sample));
                Assert.True(Samples.Holds(m => m.Places![Genre.Drama].City == null, sample));
                Assert.False(Samples.Holds(m => m.Places![Genre.Drama].Number == 0, sample));
                Assert.False(Samples.Holds(m => m.Meta!.ContainsKey("x"), sample));
            });
        string none = null!;
        Assert.Throws<ArgumentNullException>(() => Samples.Translate(m => m.Meta![none] == "a"));
        Assert.Throws<ArgumentNullException>(
            () => Samples.Translate(m => m.Meta!.ContainsKey(none)));
    }

    [Fact]
    public void A_key_is_there_whatever_its_value()
    {
        Assert.Equal("Meta.ContainsKey(\"none\")", Text(m => m.Meta!.ContainsKey("none")));
        Assert.Equal("Stock.ContainsKey(\"6\")", Text(m => m.Stock!.ContainsKey(6)));
        Assert.Equal("Meta.ContainsKey(\"x\")", Text(m => m.Meta!.Keys.Contains("x")));
        Assert.Equal("Meta.Any(Value in (\"red\"))", Text(m => m.Meta!.ContainsValue("red")));
        Assert.Equal("Meta.Any(Value in (null))", Text(m => m.Meta!.Values.Contains(null)));
    }

    [Fact]
    public void Entries_are_items_with_a_key_and_a_value()
    {
        Assert.Equal(
            "Meta.Any(Key == \"colour\" && Value != \"blue\")",
            Text(m => m.Meta!.Any(entry => entry.Key == "colour" && entry.Value != "blue")));
        Assert.Equal(
            "Stock.Count(Value > 5) == 1",
            Text(m => m.Stock!.Count(entry => entry.Value > 5) == 1));
        Text(m => m.Places!.All(entry => entry.Value.City == "Oslo"));
        Text(m => m.Places!.Count == 1);
    }

    [Fact]
    public void A_key_is_read_once()
    {
        int calls = 0;
        Func<string> key = () => $"k{++calls}";
        Assert.Equal(
            "Meta[\"k1\"] == \"a\"", Samples.Translate(m => m.Meta![key()] == "a").ToString());
        Assert.Equal(
            "!(Places[\"2\"].IsHome == true)",
            Samples.Translate(m => !m.Places![Genre.Crime].IsHome).ToString());
        Assert.Equal(1, calls);
    }

    [Fact]
    public void A_guard_about_a_dictionary_is_made_at_run_time()
    {
        Assert.True(Samples.Holds(Guard.Equal(Guard.Entry("Meta", "colour"), "red"), Full));
        Assert.True(Samples.Holds(Guard.Equal(Guard.Entry("Stock", 5), 7), Full));
        Assert.True(Samples.Holds(Guard.IsNull(Guard.Entry("Stock", 6L)), Full));
        Assert.True(Samples.Holds(
            Guard.StartsWith(Guard.Entry("Places", Genre.Crime) + ".City", "Os"), Full));
        Assert.True(Samples.Holds(Guard.HasKey("Meta", "none"), Full));
        Assert.False(Samples.Holds(Guard.HasKey("Meta", "none"), Empty));
        Assert.True(Samples.Holds(Guard.HasKey("Places", Genre.Crime), Full));
        Assert.True(Samples.Holds(Guard.Any("Meta", Guard.IsNull("Value")), Full));
    }

    [Fact]
    public void A_guard_that_does_not_fit_the_dictionary_is_refused()
    {
        Assert.Equal(
            "Table 'Sample': property 'Stock' has keys of 'int', and 'x' is none. Give a key of "
            + "the dictionary's own type.",
            Refused(Guard.HasKey("Stock", "x")));
        Assert.Contains("and '99999999999' is none", Refused(Guard.HasKey("Stock", 99999999999)));
        Assert.Contains("of 'List<string>' is no dictionary", Refused(Guard.HasKey("Tags", "a")));
        Assert.Contains(
            "of 'List<string>' is no dictionary",
            Refused(Guard.Equal(Guard.Entry("Tags", 0), "a")));
        Assert.Contains(
            "'Meta[\"k\"]' of 'string' cannot be compared with a value of 'int'",
            Refused(Guard.Equal(Guard.Entry("Meta", "k"), 1)));
    }

    [Fact]
    public void A_key_is_found_by_ordinal_in_every_kind_of_dictionary()
    {
        Dictionary<string, int> entries = new() { ["a"] = 1, ["\u00e9"] = 2 };
        var shelf = new Shelf
        {
            Any = new Dictionary<string, int>(entries),
            Readable = entries,
            Sorted = new(entries),
            Listed = new(entries),
            Immutable = entries.ToImmutableDictionary(),
            ImmutableSorted = entries.ToImmutableSortedDictionary(),
            Frozen = entries.ToFrozenDictionary(),
        };
        foreach (string name in typeof(Shelf).GetProperties().Select(property => property.Name))
        {
            Assert.True(Holds(Guard.Equal(Guard.Entry(name, "\u00e9"), 2), shelf), name);
            Assert.True(Holds(Guard.IsNull(Guard.Entry(name, "e\u0301")), shelf), name);
            Assert.True(Holds(Guard.HasKey(name, "a"), shelf), name);
            Assert.False(Holds(Guard.HasKey(name, "A"), shelf), name);
            Assert.False(Holds(Guard.HasKey(name, "a"), new Shelf()), name);
        }
    }

    [Fact]
    public void A_dictionary_may_be_an_item_or_in_another_one()
    {
        var board = new Board
        {
            Rows = [[], new() { ["a"] = 1 }],
            Lines = new() { [5] = new() { ["a"] = 1 } },
        };
        Guard guard = GuardTranslator.Translate<Board>(m => m.Rows.Any(row => row["a"] == 1));
        Assert.Equal("Rows.Any(item[\"a\"] == 1)", guard.ToString());
        Assert.True(Holds(GuardReader.Read(GuardWriter.Write(guard)), board));
        Assert.True(Holds(
            GuardTranslator.Translate<Board>(m => m.Rows.Count(row => row.ContainsKey("a")) == 1),
            board));
        guard = GuardTranslator.Translate<Board>(m => m.Lines[5]["a"] == 1);
        Assert.Equal("Lines[\"5\"][\"a\"] == 1", guard.ToString());
        Assert.True(Holds(guard, board));
        Assert.False(Holds(guard, new Board()));
        Assert.True(Holds(
            Guard.Any("Rows", Guard.Equal(Guard.Entry(Guard.Item, "a"), 1)), board));
    }

    [Fact]
    public void An_item_may_be_a_collection()
    {
        var board = new Board { Grid = [[], [1, 2]] };
        Guard guard = GuardTranslator.Translate<Board>(
            m => m.Grid.Any(
                row => row.Contains(2) && row.Length == 2 && row.All(cell => cell > 0)));
        Assert.True(Holds(GuardReader.Read(GuardWriter.Write(guard)), board));
        Assert.False(Holds(guard, new Board { Grid = [[2]] }));
        Assert.True(Holds(Guard.Any("Grid", Guard.HasItem(Guard.Item, 1)), board));
    }

    [Fact]
    public void Entries_of_a_local_dictionary_are_asked_of_one_in_the_record()
    {
        Dictionary<string, string> wanted = new() { ["colour"] = "red", ["size"] = "big" };
        Assert.Equal(
            "Meta[\"colour\"] == \"red\" || Meta[\"size\"] == \"big\"",
            Text(m => wanted.Any(entry => m.Meta![entry.Key] == entry.Value)));
    }

    [Fact]
    public void No_index_is_walked_for_the_value_of_a_key()
    {
        QueryPlan plan = QueryPlanner.Plan(
            Samples.Table,
            Samples.Translate(m => m.Stock![5] == 7 && m.Int > 3),
            order: null,
            isLimited: false);

        Assert.Equal("index Int, 1 range: Int > 3", plan.DescribeWay());
        Assert.Equal("Stock[\"5\"] == 7", plan.DescribeFilter());
    }

    [Fact]
    public void An_order_is_by_the_value_of_a_key()
    {
        Assert.Equal("Stock[\"5\"]", OrderPath.Of((Sample m) => m.Stock![5]));
        RecordOrder order = RecordOrder.Compile(
            Samples.Table, [new OrderPart("Stock[\"5\"]", IsDescending: false)]);
        Assert.True(order.Encode(Empty, []).AsSpan().SequenceCompareTo(order.Encode(Full, [])) < 0);
    }

    private static bool Holds<T>(Guard guard, T item)
        => new GuardCompilation<T>(new ItemScope<T>(new GuardBinder(Samples.Table)))
            .Compile(guard.Root)(item);

    private static string Text(Expression<Func<Sample, bool>> predicate)
        => Samples.TextOfAgreeing(predicate, Full);

    private static string Refused(Guard guard)
        => Assert.Throws<ArgumentException>(
            () => GuardValidator.Validate(Samples.Table, guard)).Message;
}
