using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace Memento.Tests.Queries;

[SuppressMessage("Performance", "CA1862", Justification = "What is refused is written down.")]
public sealed class RefusalTests
{
    private const string General =
        "A predicate may compare properties of the record with values and with each other; filter "
        + "the list that comes back by the rest.";

    private const string Ordinal =
        "Texts compare by ordinal and not by a culture: use StringComparison.Ordinal or "
        + "StringComparison.OrdinalIgnoreCase.";

    private const string TextOfRecord = "A text of the record can be asked for a value";

    private const string Comparer = "Leave the comparer out";

    private const string Cast =
        "Compare the property without the cast, or store the converted value in a property of "
        + "its own.";

    [Fact]
    public void The_message_shows_the_expression_and_the_way_out()
    {
        int year = 1994;
        Assert.Equal(
            "The query cannot evaluate '(m.Int << year)'. Numbers can be calculated with + - * / % "
            + "& | ^; store other results in a property of their own.",
            Samples.Refused(m => m.Flag && m.Int << year < 2000).Message);
    }

    [Fact]
    public void Text_in_the_order_of_a_culture_is_refused()
    {
        AssertRefused(m => m.Text!.StartsWith("ab", StringComparison.CurrentCulture), Ordinal);
        AssertRefused(m => m.Text!.Equals("a", StringComparison.InvariantCulture), Ordinal);
        AssertRefused(
            m => string.Equals(m.Text, "a", StringComparison.CurrentCultureIgnoreCase), Ordinal);
        AssertRefused(
            m => m.Text!.StartsWith("ab", true, System.Globalization.CultureInfo.InvariantCulture),
            Ordinal);
        AssertRefused(
            m => m.Text!.EndsWith("ab", StringComparison.InvariantCultureIgnoreCase), Ordinal);
        AssertRefused(m => m.Text!.Contains("ab", StringComparison.CurrentCulture), Ordinal);
        AssertRefused(m => string.Compare(m.Text, "a") < 0, "string.CompareOrdinal");
        AssertRefused(m => string.Compare(m.Text, "a", true) < 0, "string.CompareOrdinal");
        AssertRefused(
            m => string.Compare(m.Text, "a", StringComparison.CurrentCultureIgnoreCase) < 0,
            Ordinal);
        AssertRefused(m => m.Text!.CompareTo("a") < 0, "string.CompareOrdinal");
        AssertRefused(m => string.CompareOrdinal(m.Text, "a") == 1, "Compare the result with 0.");
        AssertRefused(m => m.Double.CompareTo(5.0) < 0, "Use <, <=, > and >=");
        AssertRefused(m => m.Flag.CompareTo(true) < 0, "Use <, <=, > and >=");
        AssertRefused(m => m.Text!.ToLower() == "a", "StringComparison.OrdinalIgnoreCase");
        AssertRefused(m => m.Text!.ToUpper() == "a", "use ToLowerInvariant");
    }

    [Fact]
    public void Calls_on_the_record_are_refused()
    {
        AssertRefused(m => m.Text!.Trim() == "a", "Store the text in the form");
        AssertRefused(m => "abc".Contains(m.Text!), TextOfRecord);
        AssertRefused(m => m.Title.Contains(m.Text!), TextOfRecord);
        AssertRefused(m => "abc".StartsWith(m.Text!), "m.Property.StartsWith(value)");
        AssertRefused(m => Math.Abs(m.Int) == 1, General);
        AssertRefused(m => m.Int.Equals((object)5), "Use == between");
        AssertRefused(m => m.Double.Equals(5.0), "Use == between");
        AssertRefused(m => object.Equals(m.Text, "a"), "Use == between");
        AssertRefused(m => m.Equals(new Sample()), "Use == between");
        AssertRefused(m => ReferenceEquals(m.Text, "a"), "Use == between");
    }

    [Fact]
    public void Conditions_on_items_that_use_more_than_the_item_are_refused()
    {
        Func<string, bool> test = item => true;
        int[] values = [5];
        AssertRefused(m => m.Tags!.Any(item => item == m.Text), "not the record");
        AssertRefused(m => m.Tags!.Any(test), "Write the condition on the items in place.");
        AssertRefused(m => m.Tags!.Any(item => item.Trim() == "a"), "Store the text", "item");
        AssertRefused(m => m.Tags!.Count(item => item == m.Text) > 1, "not the record");
        AssertRefused(m => m.Tags!.Count(test) > 1, "Write the condition on the items in place.");
        AssertRefused(m => m.Tags!.Contains(m.Text!), "asked for a value");
        AssertRefused(m => m.Tags!.Contains("a", StringComparer.OrdinalIgnoreCase), Comparer);
        AssertRefused(m => m.Offices!.Contains(new Address()), "Use Any");
        AssertRefused(m => m.Text!.Any(letter => letter == 'a'), "m.Property.Any(item => ...)");
        AssertRefused(m => values.Any(value => m.Int.ToString() == m.Text), "value of its own");
    }

    [Fact]
    public void What_else_is_asked_of_collections_is_refused_with_the_form_that_works()
    {
        const string places = "Items are not asked by their places";
        const string whole = "Put the whole condition on the item into one call";
        const string others = "there are Any, All and Count";
        string[] wanted = ["a"];
        AssertRefused(m => m.Tags![0] == "a", places);
        AssertRefused(m => m.Numbers![0] == 1, places);
        AssertRefused(m => m.Tags!.First() == "a", places);
        AssertRefused(m => m.Tags!.FirstOrDefault(item => item != "b") == "a", places);
        AssertRefused(m => m.Tags!.Where(item => item == "a").Any(), whole);
        AssertRefused(m => m.Tags!.Intersect(wanted).Any(), whole);
        AssertRefused(m => m.Numbers!.Sum() > 1, others);
        AssertRefused(m => m.Numbers!.Max(item => item) > 1, others);
        AssertRefused(m => m.Tags!.LongCount() > 1, others);
        AssertRefused(
            m => m.Tags!.Contains("a", StringComparer.OrdinalIgnoreCase),
            "m.Property.Any(item => string.Equals(item, value, "
            + "StringComparison.OrdinalIgnoreCase))");
    }

    [Fact]
    public void What_else_is_asked_of_dictionaries_is_refused_with_the_form_that_works()
    {
        const string entry = "Write m.Property[key], which is null where there is no such key";
        string? found = null;
        AssertRefused(m => m.Meta!.TryGetValue("k", out found), entry);
        AssertRefused(m => m.Stock!.GetValueOrDefault(5) == 0, entry);
        AssertRefused(m => m.Meta![m.Title] == "a", "a key that does not use the record");
        AssertRefused(m => m.Meta!.ContainsKey(m.Title), "a key that does not use the record");
        AssertRefused(m => m.Places!.ContainsValue(new Address()), "entry's Value");
        AssertRefused(m => m.Places!.Values.Any(place => place.IsHome), "Ask the entries");
        AssertRefused(m => m.Meta!.Keys.Count > 1, "Ask the entries");
        AssertRefused(m => m.Meta!["k"]!.Trim() == "a", "Store the text in the form");
    }

    [Fact]
    public void Lists_with_an_equality_of_their_own_are_refused()
    {
        HashSet<string> ignoring = new(StringComparer.OrdinalIgnoreCase) { "a" };
        SortedSet<string> cultural = ["a"];
        Dictionary<string, int> dictionary = [];
        IEnumerable<string> hidden = ignoring;
        const string copy = "copy the values into a list first";

        AssertRefused(m => ignoring.Contains(m.Text!), copy);
        AssertRefused(m => hidden.Contains(m.Text), copy);
        AssertRefused(m => cultural.Contains(m.Text!), copy);
        AssertRefused(m => dictionary.Keys.Contains(m.Text!), copy);
        AssertRefused(
            m => hidden.Contains(m.Text, StringComparer.OrdinalIgnoreCase), Comparer);
        AssertRefused(m => new OddList().Contains(m.Int), General);
        AssertRefused(m => ((ICollection<int>)new OddList()).Contains(m.Int), copy);
        AssertRefused(m => new object[] { 5 }.Contains(m.Int), Cast);
    }

    [Fact]
    public void Casts_that_change_a_value_are_refused()
    {
        AssertRefused(m => (int)m.Long == 1, Cast);
        AssertRefused(m => (byte)m.Int == 1, Cast);
        AssertRefused(m => (uint)m.Int == 1, Cast);
        AssertRefused(m => (float)m.Double == 1, Cast);
        AssertRefused(m => (int)m.Double == 1, Cast);
        AssertRefused(m => (double)(float)m.Int == 1, Cast);
        AssertRefused(m => (Genre)m.Int == Genre.Crime, Cast);
        AssertRefused(m => (object?)m.Text == null, Cast);
        AssertRefused(m => (double)m.Int == (double)m.Long, "without casts");
    }

    [Fact]
    public void Other_expressions_are_refused()
    {
        Func<Sample, bool> test = m => true;
        AssertRefused(m => (m.Flag ? m.Int : m.Byte) == 1, "(test && a) || (!test && b)");
        AssertRefused(m => test(m), "a delegate cannot be looked into");
        AssertRefused(m => m.Text!.Length.ToString() == "1", "a value of its own type");
        AssertRefused(m => m.Time.Ticks == 2020, "store what the query needs");
        AssertRefused(m => m.Length.TotalDays > 1, "store what the query needs");
        AssertRefused(m => m.Home!.Line == "a", "store what the query needs");
        AssertRefused(m => m.Tags!.Capacity > 1, "store what the query needs");
        AssertRefused(m => m.Text + m.Title == "a", "store the joined text");
        AssertRefused(m => m.Text!.Substring(1) == "a", "StartsWith, EndsWith and Contains");
        AssertRefused(m => m.Text![0] == 'a', "StartsWith, EndsWith and Contains");
        AssertRefused(m => string.IsNullOrWhiteSpace(m.Text), "string.IsNullOrEmpty(m.Property)");
        AssertRefused(m => m.Home is Address, "Store what kind it is");
        AssertRefused(m => m.Instant - m.Instant == TimeSpan.Zero, "store other results");
        AssertRefused(m => m.Time.AddDays(1) > DateTime.UnixEpoch, "value.AddDays(-1)");
        AssertRefused(m => (m.MaybeInt ?? 0) == 1, "Write the null test out");
        AssertRefused(m => (m.Int >> 1) == 1, "store other results");
        AssertRefused(m => ~m.Int == 4, General);
        AssertRefused(m => m == null, "not the record itself");
        AssertRefused(m => m.Tags == new List<string>(), "can only be compared with null");
        AssertRefused(m => m.Instant > m.Time, Cast);
    }

    [Fact]
    public void A_predicate_nested_too_deep_is_refused_before_it_overflows_the_stack()
    {
        ParameterExpression record = Expression.Parameter(typeof(Sample));
        Expression test = Expression.Property(record, nameof(Sample.Flag));
        for (int level = 0; level < 200_000; level++)
            test = Expression.Not(test);

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Samples.Translate(Expression.Lambda<Func<Sample, bool>>(test, record)));
        Assert.Contains("100 levels", error.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(
        Expression<Func<Sample, bool>> predicate, string instead, string shown = "m")
    {
        QueryNotSupportedException error = Samples.Refused(predicate);

        Assert.Contains(instead, error.Instead, StringComparison.Ordinal);
        Assert.Contains(shown, error.Expression, StringComparison.Ordinal);
    }
}
