using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace Memento.Tests.Queries;

/// <summary>Operands made of properties: parts, calculations, items of collections.</summary>
[SuppressMessage("Performance", "CA1862", Justification = "What is translated is written down.")]
public sealed class GuardOperandTests
{
    private static readonly Sample Empty = new();

    private static readonly Sample Full = new()
    {
        Text = "abc",
        Title = "abd",
        Int = 7,
        MaybeInt = 3,
        Byte = 2,
        Long = long.MaxValue,
        Time = new DateTime(2020, 5, 17, 1, 2, 3),
        MaybeTime = new DateTime(2020, 5, 17),
        Rights = Rights.Read | Rights.Grant,
        Tags = ["a", "bc"],
        Numbers = [1, 2],
        Decimal = 1.5m,
        Scores = [1, null],
        Home = new Address { City = "Oslo", Number = 5, Spot = new Point(1, 2) },
        Offices = [new Address { City = "Rome", Number = 1 }],
    };

    [Fact]
    public void Texts_are_searched_by_ordinal()
    {
        Assert.Equal("Text.EndsWith(\"bc\")", Text(m => m.Text!.EndsWith("bc")));
        Assert.Equal("Text.Contains(\"b\")", Text(m => m.Text!.Contains('b')));
        Assert.Equal(
            "Text.Contains(\"ab\")", Text(m => m.Text!.Contains("ab", StringComparison.Ordinal)));
        Assert.Equal(
            "Text.ToUpperInvariant() == \"ABC\"", Text(m => m.Text!.ToUpperInvariant() == "ABC"));
        Assert.False(Samples.Holds(m => m.Text!.EndsWith("\0c"), Full));
    }

    [Fact]
    public void The_order_of_texts_is_asked_with_zero()
    {
        Assert.Equal(
            "Text == null || Text < \"b\"", Text(m => string.CompareOrdinal(m.Text, "b") < 0));
        Assert.Equal(
            "Text > \"aa\"",
            Text(m => string.Compare("aa", m.Text, StringComparison.Ordinal) < 0));
        Assert.Equal("Text >= \"b\"", Text(m => 0 <= string.CompareOrdinal(m.Text, "b")));
        Assert.Equal("Int < 9", Text(m => m.Int.CompareTo(9) < 0));
        Assert.Equal("true", Text(m => string.CompareOrdinal(m.Text, null) >= 0));
    }

    [Fact]
    public void Numbers_are_calculated_with_as_in_CSharp()
    {
        Assert.Equal("(Int + 1) == 8", Text(m => m.Int + 1 == 8));
        Assert.Equal("(Byte * Int) > 3", Text(m => m.Byte * m.Int > 3));
        Assert.Equal("(MaybeInt % 2) == 1", Text(m => m.MaybeInt % 2 == 1));
        Assert.Equal("(Int * -1) < 0", Text(m => -m.Int < 0));
        Assert.Equal("(Long + 1) < 0", Text(m => unchecked(m.Long + 1) < 0));
        Assert.Equal("(Decimal / 2) == 0.75", Text(m => m.Decimal / 2 == 0.75m));
        Assert.Equal("((Int & 3) ^ 1) == 2", Text(m => ((m.Int & 3) ^ 1) == 2));
        Assert.Equal("Text.Length == 3", Text(m => m.Text!.Length == 3));
    }

    [Fact]
    public void What_cannot_be_calculated_is_null()
    {
        Assert.Equal("checked(Long + 1) < 0", Samples.Translate(m => checked(m.Long + 1) < 0)
            .ToString());
        Assert.False(Samples.Holds(m => checked(m.Long + 1) < 0, Full));
        Assert.False(Samples.Holds(m => checked(m.Long + 1) >= 0, Full));
        Assert.False(Samples.Holds(m => m.Int / m.Byte == 0, Empty));
        Assert.True(Samples.Holds(m => m.Int / m.Byte != 0, Empty));
        Assert.False(Samples.Holds(m => m.Decimal % m.Int == 0, Empty));
        Assert.False(Samples.Holds(
            m => m.Decimal * 10 > 0, Empty with { Decimal = decimal.MaxValue }));
        Assert.False(Samples.Holds(m => m.Int / m.Short > 0, Empty with
        {
            Int = int.MinValue,
            Short = -1,
        }));
        Assert.True(Samples.Holds(m => m.Double / m.Int > 1e300, Empty with { Double = 1 }));
    }

    [Fact]
    public void Parts_of_dates_are_numbers()
    {
        Assert.Equal("Time.Year == 2020", Text(m => m.Time.Year == 2020));
        Assert.Equal(
            "Time.DayOfWeek == Sunday", Text(m => m.Time.DayOfWeek == DayOfWeek.Sunday));
        Assert.Equal(
            "Time.Date == 2020-05-17T00:00:00.0000000",
            Text(m => m.Time.Date == new DateTime(2020, 5, 17)));
        Assert.Equal("MaybeTime.Month > 4", Samples.Translate(m => m.MaybeTime!.Value.Month > 4)
            .ToString());
    }

    [Fact]
    public void Flags_are_asked_by_bits()
    {
        Rights read = Rights.Read;
        Assert.Equal("(Rights & 1) == 1", Text(m => m.Rights.HasFlag(read)));
        Assert.Equal("(Rights & 1) == 1", Text(m => (m.Rights & read) == read));
        Assert.Equal("(Rights & 2) != 0", Text(m => (m.Rights & Rights.Write) != 0));
        Assert.Equal("(Rights | 2) == 3", Text(m => (m.Rights | Rights.Write) == (Rights)3));
    }

    [Fact]
    public void A_property_of_null_is_null()
    {
        Assert.Equal("Home.City == \"Oslo\"", Samples.Translate(m => m.Home!.City == "Oslo")
            .ToString());
        Assert.True(Samples.Holds(m => m.Home!.City == "Oslo", Full));
        Assert.False(Samples.Holds(m => m.Home!.City == "Oslo", Empty));
        Assert.True(Samples.Holds(m => m.Home!.City == null, Empty));
        Assert.True(Samples.Holds(m => m.Home!.Spot!.Value.Y == 2, Full));
        Assert.True(Samples.Holds(m => !m.Home!.IsHome, Empty));
        Assert.True(Samples.Holds(Guard.Equal("Home.Spot.X", 1), Full));
        Assert.True(Samples.Holds(Guard.IsNull("Home.Spot.X"), Empty));
    }

    [Fact]
    public void Collections_are_asked_for_items()
    {
        string tag = "a";
        Assert.Equal("Tags.Any(item in (\"a\"))", Text(m => m.Tags!.Contains(tag)));
        Assert.Equal("Numbers.Any(item in (2))", Text(m => m.Numbers!.Contains(2)));
        Assert.Equal("Numbers.Any()", Text(m => m.Numbers!.Any()));
        Assert.Equal("Tags.Any(item.Length > 1)", Text(m => m.Tags!.Any(item => item.Length > 1)));
        Assert.Equal(
            "Offices.Any(City == \"Rome\" && Number < 3)",
            Text(m => m.Offices!.Any(office => office.City == "Rome" && office.Number < 3)));
        Assert.Equal(
            "Tags != null && !(Tags.Any(!(item != \"x\")))",
            Text(m => m.Tags!.All(item => item != "x")));
        Assert.Equal("Tags.Count == 2", Text(m => m.Tags!.Count == 2));
        Assert.Equal("Numbers.Count > 1", Text(m => m.Numbers!.Length > 1));
        Assert.Equal("Scores.Any(item in (null))", Text(m => m.Scores.Contains(null)));
        Assert.True(Samples.Holds(Guard.HasItem("Tags", "bc"), Full));
        Assert.False(Samples.Holds(Guard.HasItem("Scores", 1), Empty));
    }

    [Fact]
    public void A_guard_that_asks_what_a_type_has_not_is_refused()
    {
        Assert.Equal(
            "Table 'Sample': 'Address' has no stored property 'Line', which 'Home.Line' names.",
            Refused(Guard.Equal("Home.Line", "a")));
        Assert.Contains("'string' has no stored property 'Length'",
            Refused(Guard.Equal("Text.Length", 1)));
        Assert.Contains("property 'Int' of 'int' is no collection",
            Refused(Guard.HasItem("Int", 1)));
        Assert.Contains("'item' of 'string' cannot be compared with a value of 'int'",
            Refused(Guard.HasItem("Tags", 1)));
        Assert.Contains("'Home.Number' of 'int' cannot be compared with a part of a text",
            Refused(Guard.EndsWith("Home.Number", "1")));
        Assert.Contains("there is no item outside", Refused(new Guard(
            Memento.Queries.CompareNode.Create(
                Memento.Queries.GuardOperator.Equal,
                Memento.Queries.ItemOperand.Instance,
                new Memento.Queries.ConstantOperand(1)))));
    }

    [Fact]
    public void Between_includes_both_ends()
        => Assert.Equal("Int >= 1 && Int <= 3", Guard.Between("Int", 1, 3).ToString());

    [Fact]
    public void A_calculation_nested_deeper_than_a_guard_may_be_is_refused()
    {
        ParameterExpression record = Expression.Parameter(typeof(Sample));
        Expression sum = Expression.Property(record, nameof(Sample.Int));
        for (int level = 0; level < 100_000; level++)
            sum = Expression.Negate(sum);

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Samples.Translate(Expression.Lambda<Func<Sample, bool>>(
                Expression.Equal(sum, Expression.Constant(1)), record)));
        Assert.Contains("100 levels", error.Message, StringComparison.Ordinal);
    }

    private static string Text(Expression<Func<Sample, bool>> predicate)
        => Samples.TextOfAgreeing(predicate, Full);

    private static string Refused(Guard guard)
        => Assert.Throws<ArgumentException>(
            () => Memento.Queries.Evaluation.GuardCompiler.Compile<Sample>(Samples.Table, guard))
            .Message;
}
