namespace Memento.Tests.Queries;

public sealed class GuardCompilerTests
{
    private static readonly Sample Empty = new();

    [Fact]
    public void Null_equals_null_and_is_neither_less_nor_more()
    {
        Assert.True(Samples.Holds(Guard.Equal("MaybeInt", null), Empty));
        Assert.False(Samples.Holds(Guard.NotEqual("MaybeInt", null), Empty));
        Assert.False(Samples.Holds(Guard.LessThanOrEqual("MaybeInt", null), Empty));
        Assert.False(Samples.Holds(Guard.LessThan("MaybeInt", 5), Empty));
        Assert.True(Samples.Holds(Guard.NotEqual("MaybeInt", 5), Empty));
        Assert.True(Samples.Holds(Guard.Not(Guard.LessThan("MaybeInt", 5)), Empty));
        Assert.True(Samples.Holds(Guard.IsNull("Tags"), Empty));
        Assert.False(Samples.Holds(Guard.IsNull("Int"), Empty));
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(-1, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(ulong.MaxValue, true)]
    public void A_number_out_of_range_is_less_or_more_than_every_value(
        object constant, bool isMore)
    {
        Sample sample = Empty with { Byte = 255 };

        Assert.Equal(isMore, Samples.Holds(Guard.LessThan("Byte", constant), sample));
        Assert.Equal(isMore, Samples.Holds(Guard.LessThanOrEqual("Byte", constant), sample));
        Assert.Equal(!isMore, Samples.Holds(Guard.GreaterThan("Byte", constant), sample));
        Assert.Equal(!isMore, Samples.Holds(Guard.GreaterThanOrEqual("Byte", constant), sample));
        Assert.False(Samples.Holds(Guard.Equal("Byte", constant), sample));
        Assert.True(Samples.Holds(Guard.NotEqual("Byte", constant), sample));
        Assert.False(Samples.Holds(Guard.In("Byte", new[] { constant }), sample));
        Assert.False(Samples.Holds(Guard.LessThan("MaybeByte", constant), Empty));
        Assert.False(Samples.Holds(Guard.GreaterThan("MaybeByte", constant), Empty));
        Assert.True(Samples.Holds(Guard.NotEqual("MaybeByte", constant), Empty));
    }

    [Fact]
    public void NaN_equals_nothing_but_is_found_in_a_list()
    {
        Sample sample = Empty with { Double = double.NaN };

        Assert.False(Samples.Holds(Guard.Equal("Double", double.NaN), sample));
        Assert.True(Samples.Holds(Guard.NotEqual("Double", double.NaN), sample));
        Assert.False(Samples.Holds(Guard.GreaterThanOrEqual("Double", double.NaN), sample));
        Assert.True(Samples.Holds(Guard.In("Double", new[] { double.NaN }), sample));
    }

    [Fact]
    public void A_list_may_mix_widths_and_null()
    {
        object?[] values = [1, 2L, 3.5, null];

        Assert.True(Samples.Holds(Guard.In("MaybeInt", values), Empty));
        Assert.True(Samples.Holds(Guard.In("MaybeInt", values), Empty with { MaybeInt = 2 }));
        Assert.False(Samples.Holds(Guard.In("MaybeInt", values), Empty with { MaybeInt = 3 }));
        Assert.True(
            Samples.Holds(Guard.In("MaybeDouble", values), Empty with { MaybeDouble = 3.5 }));
        Assert.True(Samples.Holds(Guard.In("Text", new string?[] { null }), Empty));
        Assert.False(Samples.Holds(Guard.In("Text", Array.Empty<string>()), Empty));
    }

    [Fact]
    public void Strings_compare_by_ordinal()
    {
        Assert.True(Samples.Holds(Guard.LessThan("Text", "a"), Empty with { Text = "B" }));
        Assert.False(Samples.Holds(Guard.Equal("Text", "a"), Empty with { Text = "A" }));
        Assert.True(
            Samples.Holds(
                Guard.GreaterThan("Text", "\ud83d\ude00"), Empty with { Text = "\uffee" }));
        Assert.False(
            Samples.Holds(Guard.StartsWith("Text", "e"), Empty with { Text = "\u00e9" }));
        Assert.False(Samples.Holds(Guard.StartsWith("Text", ""), Empty));
        Assert.True(Samples.Holds(Guard.Not(Guard.StartsWith("Text", "")), Empty));
    }

    [Fact]
    public void A_local_time_equals_its_universal_time()
    {
        var local = new DateTime(2020, 5, 17, 12, 0, 0, DateTimeKind.Local);
        Sample sample = Empty with { Time = local, MaybeTime = local.ToUniversalTime() };

        Assert.True(Samples.Holds(Guard.Equal("Time", local), sample));
        Assert.True(Samples.Holds(Guard.Equal("MaybeTime", local), sample));
        Assert.True(Samples.Holds(Guard.Equal("Time", local.ToUniversalTime()), sample));
        Assert.True(Samples.Holds(Guard.In("Time", new[] { local }), sample));
        Assert.True(Samples.Holds(m => m.Time == m.MaybeTime, sample));
    }

    [Fact]
    public void Instants_compare_whatever_their_offset()
    {
        var instant = new DateTimeOffset(2020, 5, 17, 12, 0, 0, TimeSpan.FromHours(2));

        Assert.True(Samples.Holds(
            Guard.Equal("Instant", instant.ToUniversalTime()), Empty with { Instant = instant }));
    }

    [Fact]
    public void A_number_is_compared_with_one_of_another_type_as_in_CSharp()
    {
        const long beyondDouble = (1L << 53) + 1;
        Sample sample = Empty with { Long = beyondDouble, ULong = 7, Int = -7, Decimal = 7m };

        Assert.True(Samples.Holds(Guard.Equal("Long", (double)beyondDouble), sample));
        Assert.False(Samples.Holds(Guard.Equal("Long", beyondDouble - 1), sample));
        Assert.True(Samples.Holds(m => m.ULong == m.Decimal, sample));
        Assert.True(Samples.Holds(m => m.Int < m.Decimal, sample));
        Assert.True(Samples.Holds(
            Guard.Compare(
                Memento.Queries.GuardOperator.LessThan,
                new Memento.Queries.PropertyOperand("Int"),
                new Memento.Queries.PropertyOperand("ULong")),
            sample));
    }

    [Fact]
    public void An_enum_compares_with_its_own_values_and_with_integers()
    {
        Sample sample = Empty with { Genre = Genre.Crime, Rating = Rating.Best };

        Assert.True(Samples.Holds(Guard.Equal("Genre", Genre.Crime), sample));
        Assert.True(Samples.Holds(Guard.GreaterThan("Genre", 1), sample));
        Assert.True(Samples.Holds(Guard.In("Rating", new[] { Rating.Good, Rating.Best }), sample));
        Assert.Equal(
            "Table 'Sample': property 'Genre' of 'Genre' cannot be compared with a value of "
            + "'Memento.Tests.Queries.Rating'. Give a value of the property's type.",
            Refused(Guard.Equal("Genre", Rating.Best)));
        Assert.Contains("'Memento.Tests.Queries.Rating'", Refused(Guard.Equal("Int", Rating.Best)));
    }

    [Fact]
    public void An_unknown_property_is_refused_with_those_that_there_are()
        => Assert.StartsWith(
            "Table 'Sample' has no property 'Colour'; it has Id, Title, Text, ",
            Refused(Guard.And(Guard.True, Guard.Not(Guard.Equal("Colour", 1)))),
            StringComparison.Ordinal);

    [Fact]
    public void A_value_of_another_type_is_refused_by_both_names()
    {
        Assert.Equal(
            "Table 'Sample': property 'MaybeInt' of 'int?' cannot be compared with a value of "
            + "'string'. Give a value of the property's type.",
            Refused(Guard.Equal("MaybeInt", "3")));
        Assert.Contains("'int' cannot", Refused(Guard.In("Int", new object[] { 1, "3" })));
        Assert.Contains("'decimal' cannot", Refused(Guard.Equal("Decimal", 1.5)));
        Assert.Contains("'DateTime' cannot", Refused(Guard.Equal("Time", DateTimeOffset.UtcNow)));
        Assert.Contains("'char' cannot", Refused(Guard.Equal("Char", "a")));
        Assert.Contains("compared with a part of a text", Refused(Guard.StartsWith("Int", "a")));
        Assert.Equal(
            "Table 'Sample': property 'Tags' of 'List<string>' cannot be compared with a value of "
            + "'string'. Values of that type can only be compared with null.",
            Refused(Guard.Equal("Tags", "a")));
    }

    [Fact]
    public void What_has_no_order_is_refused_for_less_and_more()
        => Assert.Equal(
            "Table 'Sample', property 'Flag': a 'bool' has no order. Compare it by equality.",
            Refused(Guard.LessThan("Flag", true)));

    private static string Refused(Guard guard)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Memento.Queries.Evaluation.GuardCompiler.Compile<Sample>(Samples.Table, guard));
        ArgumentException sooner = Assert.Throws<ArgumentException>(
            () => Memento.Queries.Evaluation.GuardValidator.Validate(Samples.Table, guard));
        Assert.Equal(error.Message, sooner.Message);
        return error.Message;
    }
}
