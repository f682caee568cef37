using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Memento.Tests.Queries;

public sealed class GuardTranslatorTests
{
    private static readonly Sample[] Mixed =
    [
        new() { Text = null, Int = 1, Genre = Genre.Drama },
        new()
        {
            Text = "abc", Title = "abc", Int = 5, MaybeInt = 5, Byte = 5, Short = 5, MaybeByte = 5,
            MaybeShort = 5, Long = 5, MaybeLong = 5, Char = 'x', MaybeChar = 'x', Flag = true,
            MaybeFlag = true, Genre = Genre.Crime, MaybeGenre = Genre.Crime, Rating = Rating.Best,
            Float = 0.1f, Double = 0.1, Decimal = 5m, Time = new DateTime(2020, 1, 1),
            Day = new DateOnly(2020, 1, 1), MaybeTime = new DateTime(2020, 1, 1),
        },
        new() { Text = "", MaybeInt = 7, MaybeFlag = false, Char = 'y', Rating = Rating.Good },
    ];

    private static int StaticNumber => 5;

    private readonly int _field = 5;

    [Fact]
    public void Operators_and_constants_on_either_side()
    {
        Assert.Equal("Int == 5", Text(m => m.Int == 5));
        Assert.Equal("Int > 5", Text(m => 5 < m.Int));
        Assert.Equal("Int <= 5", Text(m => 5 >= m.Int));
        Assert.Equal("Int != 5 && Int >= 1", Text(m => m.Int != 5 && m.Int >= 1));
        Assert.Equal("Int < 2 || !(Int <= 4)", Text(m => m.Int < 2 || !(m.Int <= 4)));
        Assert.Equal("Int < 2 || Int > 4", Text(m => m.Int < 2 | m.Int > 4));
    }

    [Fact]
    public void Small_integers_characters_and_enums_lose_the_compilers_casts()
    {
        byte small = 5;
        int large = 1_000_000;
        char letter = 'x';
        Genre genre = Genre.Crime;
        Genre? maybe = Genre.Crime;
        Assert.Equal("Byte == 5", Text(m => m.Byte == 5));
        Assert.Equal("Byte == 5", Text(m => m.Byte == small));
        Assert.Equal("Short < 1000000", Text(m => m.Short < large));
        Assert.Equal("MaybeShort == 5", Text(m => m.MaybeShort == small));
        Assert.Equal("MaybeLong == 5", Text(m => m.MaybeLong == small));
        Assert.Equal("Char == 'x'", Text(m => m.Char == 'x'));
        Assert.Equal("MaybeChar == 'x'", Text(m => m.MaybeChar == letter));
        Assert.Equal("Genre == Crime", Text(m => m.Genre == Genre.Crime));
        Assert.Equal("Genre == Crime", Text(m => m.Genre == genre));
        Assert.Equal("MaybeGenre == Crime", Text(m => m.MaybeGenre == genre));
        Assert.Equal("MaybeGenre == Crime", Text(m => m.MaybeGenre == maybe));
        Assert.Equal("Rating >= Good", Text(m => m.Rating >= Rating.Good));
        Assert.Equal("Genre > Comedy", Text(m => (int)m.Genre > 1));
        Assert.Equal("Genre == Int", Text(m => (int)m.Genre == m.Int));
        Assert.Equal("Decimal == 5", Text(m => m.Decimal == small));
    }

    [Fact]
    public void Captured_variables_fields_properties_and_calls_are_evaluated_once()
    {
        int local = 5;
        int? maybe = 5;
        var holder = new { Inner = new { Number = 5 }, Times = new[] { 1, 5 } };
        int calls = 0;
        Func<int> count = () => ++calls;

        Assert.Equal("Int == 5", Text(m => m.Int == local));
        Assert.Equal("Int == 5", Text(m => m.Int == maybe));
        Assert.Equal("Int == 5", Text(m => m.Int == maybe!.Value));
        Assert.Equal("Int == 5", Text(m => m.Int == _field));
        Assert.Equal("Int == 5", Text(m => m.Int == StaticNumber));
        Assert.Equal("Int == 5", Text(m => m.Int == holder.Inner.Number));
        Assert.Equal("Int == 5", Text(m => m.Int == holder.Times[1]));
        Assert.Equal("Int == 6", Text(m => m.Int == local + 1));
        Assert.Equal("Int == 2", Text(m => m.Int == Math.Max(local - 3, 1)));
        Assert.Equal("MaybeInt == 5", Text(m => m.MaybeInt == local));
        Assert.Equal("Int == 1", Samples.Translate(m => m.Int == count()).ToString());
        Assert.Equal(1, calls);

        Func<int, Expression<Func<Sample, bool>>> nested = inner => m => m.Int == inner + local;
        Assert.Equal("Int == 7", Text(nested(2)));
    }

    [Fact]
    public void A_captured_null_asks_for_null()
    {
        string? name = null;
        int? number = null;
        Assert.Equal("Text == null", Text(m => m.Text == name));
        Assert.Equal("MaybeInt != null", Text(m => m.MaybeInt != number));
        Assert.Equal("MaybeInt < null", Text(m => m.MaybeInt < number));
        Assert.Equal("Int == null", Text(m => m.Int == number));
        Assert.Equal("Tags == null", Text(m => m.Tags == null));
    }

    [Fact]
    public void Truth_values_are_predicates()
    {
        bool yes = true;
        Assert.Equal("Flag == true", Text(m => m.Flag));
        Assert.Equal("Flag == false", Text(m => !m.Flag));
        Assert.Equal("Flag == true", Text(m => m.Flag == true));
        Assert.Equal("Flag != true", Text(m => m.Flag != yes));
        Assert.Equal("MaybeFlag == true", Text(m => m.MaybeFlag == true));
        Assert.Equal("MaybeFlag == true", Text(m => m.MaybeFlag ?? false));
        Assert.Equal("MaybeFlag != false", Text(m => m.MaybeFlag ?? true));
        Assert.Equal("Flag == MaybeFlag", Text(m => m.Flag == m.MaybeFlag));
        Assert.Equal("true", Text(m => true));
        Assert.Equal("false", Text(m => !yes));
        Assert.Equal("Int < 3", Text(m => m.Int < 3 == true));
        Assert.Equal("!(Int < 3)", Text(m => (m.Int < 3) == !yes));
        Text(m => (m.Int < 3) == m.Flag);
        Text(m => (m.Int < 3) ^ (m.Text == null));
        Text(m => (m.Int < 3) != m.MaybeInt.HasValue);
    }

    [Fact]
    public void Nullables_compare_with_CSharps_meaning()
    {
        Assert.Equal("MaybeInt != null", Text(m => m.MaybeInt.HasValue));
        Assert.Equal("!(MaybeInt != null)", Text(m => !m.MaybeInt.HasValue));
        Assert.Equal("MaybeInt < 6", Text(m => m.MaybeInt < 6));
        Assert.Equal("!(MaybeInt < 6)", Text(m => !(m.MaybeInt < 6)));
        Assert.Equal("MaybeInt == Int", Text(m => m.MaybeInt == m.Int));
        Assert.Equal("MaybeInt > MaybeByte", Text(m => m.MaybeInt > m.MaybeByte));
        Assert.Equal(
            "MaybeInt != null && MaybeInt < 6",
            Text(m => m.MaybeInt.HasValue && m.MaybeInt.Value < 6));
    }

    [Fact]
    public void The_value_of_a_null_is_null()
    {
        Assert.False(Samples.Holds(m => m.MaybeInt!.Value == 5, Mixed[0]));
        Assert.True(Samples.Holds(m => m.MaybeInt!.Value != 5, Mixed[0]));
        Assert.False(Samples.Holds(m => (int)m.MaybeInt! < 5, Mixed[0]));
        Assert.False(Samples.Holds(m => m.MaybeFlag!.Value, Mixed[0]));
        Assert.False(Samples.Holds(m => m.Text!.StartsWith("ab"), Mixed[0]));
        Assert.False(Samples.Holds(m => m.Text!.Equals(null), Mixed[0]));
        Assert.True(Samples.Holds(m => !m.Text!.Equals("a"), Mixed[0]));
    }

    [Fact]
    public void Strings_are_equal_by_ordinal_however_it_is_asked()
    {
        string name = "abc";
        Assert.Equal("Text == \"abc\"", Text(m => m.Text == name));
        Assert.Equal("Text == \"abc\"", Text(m => string.Equals(m.Text, name)));
        Assert.Equal("Text == \"abc\"", Text(m => string.Equals(name, m.Text)));
        Assert.Equal("Title == \"abc\"", Text(m => m.Title.Equals(name)));
        Assert.Equal("Text == \"abc\"", Text(m => name.Equals(m.Text)));
        Assert.Equal(
            "Text == \"abc\"", Text(m => string.Equals(m.Text, name, StringComparison.Ordinal)));
        Assert.Equal(
            "Title == \"abc\"", Text(m => m.Title.Equals(name, StringComparison.Ordinal)));
        Assert.Equal("Text == Title", Text(m => m.Text == m.Title));
        Assert.Equal(
            "Text == null || Text == \"\"", Text(m => string.IsNullOrEmpty(m.Text)));
    }

    [Fact]
    public void Prefixes_are_compared_by_ordinal()
    {
        string prefix = "ab";
        Assert.Equal("Title.StartsWith(\"ab\")", Text(m => m.Title.StartsWith(prefix)));
        Assert.Equal(
            "Title.StartsWith(\"ab\")",
            Text(m => m.Title.StartsWith("ab", StringComparison.Ordinal)));
        Assert.Equal("Title.StartsWith(\"a\")", Text(m => m.Title.StartsWith('a')));
        Assert.False(Samples.Holds(m => m.Title.StartsWith("\0a"), Mixed[1]));
    }

    [Fact]
    public void Contains_of_local_collections_is_a_list()
    {
        int[] array = [1, 5];
        List<int> list = [1, 5];
        HashSet<int> set = [1, 5];
        IEnumerable<int> lazy = array.Where(number => number > 0);
        IReadOnlyList<int> expression = [1, 5];
        const string both = "Int in (1, 5)";

        Assert.Equal(both, Text(m => array.Contains(m.Int)));
        Assert.Equal(both, Text(m => new[] { 1, 5 }.Contains(m.Int)));
        Assert.Equal(both, Text(m => list.Contains(m.Int)));
        Assert.Equal(both, Text(m => new List<int> { 1, 5 }.Contains(m.Int)));
        Assert.Equal(both, Text(m => set.Contains(m.Int)));
        Assert.Equal(both, Text(m => lazy.Contains(m.Int)));
        Assert.Equal(both, Text(m => expression.Contains(m.Int)));
        Assert.Equal(both, Text(m => Enumerable.Contains(array, m.Int)));
        Assert.Equal(both, Text(m => ImmutableArray.Create(1, 5).Contains(m.Int)));
        Assert.Equal(both, Text(m => new SortedSet<int> { 1, 5 }.Contains(m.Int)));
        Assert.Equal("true", Text(m => array.Contains(5)));
        Assert.Equal("!(Int in (1, 5))", Text(m => !array.Contains(m.Int)));
    }

    [Fact]
    public void Lists_hold_every_kind_of_value()
    {
        string?[] words = ["abc", null];
        int?[] numbers = [5, null];
        Genre[] genres = [Genre.Crime];
        List<Genre?> maybeGenres = [Genre.Crime, null];
        byte[] bytes = [5];
        List<long> longs = [5];
        double[] doubles = [0.1, double.NaN];
        HashSet<string> ordinal = new(StringComparer.Ordinal) { "abc" };

        Assert.Equal("Text in (\"abc\", null)", Text(m => words.Contains(m.Text)));
        Assert.Equal("MaybeInt in (5, null)", Text(m => numbers.Contains(m.MaybeInt)));
        Assert.Equal("Int in (5, null)", Text(m => numbers.Contains(m.Int)));
        Assert.Equal("Genre in (Crime)", Text(m => genres.Contains(m.Genre)));
        Assert.Equal("MaybeGenre in (Crime, null)", Text(m => maybeGenres.Contains(m.MaybeGenre)));
        Assert.Equal("Byte in (5)", Text(m => bytes.Contains(m.Byte)));
        Assert.Equal("Int in (5)", Text(m => longs.Contains(m.Int)));
        Assert.Equal("Double in (0.1, NaN)", Text(m => doubles.Contains(m.Double)));
        Assert.Equal("Text in (\"abc\")", Text(m => ordinal.Contains(m.Text!)));
        Assert.Equal("Char in ('x', 'z')", Text(m => "xz".Contains(m.Char)));
    }

    [Fact]
    public void Dates_compare_with_dates_that_are_made_in_place()
    {
        var end = new DateTime(2020, 1, 2);
        Assert.Equal(
            "Time >= 2019-12-31T00:00:00.0000000 && Time < 2020-01-02T00:00:00.0000000",
            Text(m => m.Time >= new DateTime(2019, 12, 31) && m.Time < end));
        Assert.Equal("Day == 2020-01-01", Text(m => m.Day == new DateOnly(2020, 1, 1)));
        Assert.Equal("MaybeTime == Time", Text(m => m.MaybeTime == m.Time));
        Text(m => m.MaybeTime > end.AddDays(-3));
        Text(m => m.Instant > DateTime.UtcNow);
    }

    [Fact]
    public void Numbers_of_different_types_are_promoted_as_in_CSharp()
    {
        Assert.Equal("Int > 4.5", Text(m => m.Int > 4.5));
        Assert.Equal("Float == 0.1", Text(m => m.Float == 0.1f));
        Assert.Equal("Float == 0.1", Text(m => m.Float == 0.1));
        Assert.Equal("Int < Double", Text(m => m.Int < m.Double));
        Assert.Equal("Byte == Long", Text(m => m.Byte == m.Long));
        Assert.Equal("Decimal == Long", Text(m => m.Decimal == m.Long));
        Assert.Equal("Int < Float", Text(m => m.Int < m.Float));
        Assert.Equal("Int == UInt", Text(m => m.Int == m.UInt));
    }

    [Fact]
    public void What_decides_ends_the_evaluation_of_a_chain()
    {
        string? none = null;
        Assert.Same(Guard.True, Samples.Translate(m => none == null || m.Text == none.Trim()));
        Assert.Same(Guard.False, Samples.Translate(m => none != null && m.Int == none.Length));
        Assert.Throws<NullReferenceException>(
            () => Samples.Translate(m => m.Flag || m.Text == none!.Trim()));
    }

    [Fact]
    public void An_error_of_the_callers_code_comes_out_as_it_is()
    {
        string none = null!;
        int? absent = null;
        Func<int> fail = () => throw new InvalidDataException("mine");

        Assert.Equal(
            "mine",
            Assert.Throws<InvalidDataException>(
                () => Samples.Translate(m => m.Int == fail())).Message);
        Assert.Throws<NullReferenceException>(() => Samples.Translate(m => m.Int == none.Length));
        Assert.Throws<InvalidOperationException>(
            () => Samples.Translate(m => m.Int == absent!.Value));
        Assert.Throws<ArgumentNullException>(
            () => Samples.Translate(m => ((int[])null!).Contains(m.Int)));
    }

    [Fact]
    public void A_property_of_a_base_class_is_the_records()
    {
        ParameterExpression record = Expression.Parameter(typeof(Sample));
        Expression upcast = Expression.Property(
            Expression.Convert(record, typeof(Sample)), nameof(Sample.Int));

        Assert.Equal(
            "Int == 5",
            Text(Expression.Lambda<Func<Sample, bool>>(
                Expression.Equal(upcast, Expression.Constant(5)), record)));
    }

    [Fact]
    public void A_long_chain_is_translated_without_recursion()
    {
        ParameterExpression record = Expression.Parameter(typeof(Sample));
        Expression number = Expression.Property(record, nameof(Sample.Int));
        Expression chain = Expression.Constant(false);
        for (int value = 0; value < 9_000; value++)
            chain = Expression.OrElse(chain, Expression.Equal(number, Expression.Constant(value)));

        Guard guard = Samples.Translate(Expression.Lambda<Func<Sample, bool>>(chain, record));
        Assert.Equal(9_001, guard.Root.Size.Nodes);
    }

    private static string Text(Expression<Func<Sample, bool>> predicate)
        => Samples.TextOfAgreeing(predicate, predicate.ToString().Contains("StartsWith",
            StringComparison.Ordinal) ? Mixed[1..] : Mixed);
}
