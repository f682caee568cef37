using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Memento.Tables;
using Memento.Tables.Documents;

namespace Memento.Tests.Tables.Documents;

/// <summary>
/// A value that would not come back from its document is refused when it is written, with the path
/// of the property, in every kind of table.
/// </summary>
public sealed class RecordValueTests
{
    private static readonly StringComparer Loose = StringComparer.OrdinalIgnoreCase;

    [Fact]
    public void A_value_of_a_type_that_its_base_type_does_not_name_would_lose_a_part()
    {
        var square = new Square("s", 2);
        const string Reason = "is of type 'Square', which 'Shape' does not name, so that what "
            + "'Square' has besides would be lost; declare it with "
            + "[JsonDerivedType(typeof(Square), \"a name\")] on 'Shape', or put a 'Shape' there";

        AssertRefused<Shape>(square, $"'Value' {Reason}");
        AssertRefused<Shape[]>([new Circle("c", 1), square], $"'Value[1]' {Reason}");
        AssertRefused<ImmutableList<Shape>>([square], $"'Value[0]' {Reason}");
        AssertRefused<IEnumerable<Shape>>(
            new[] { 1 }.Select(_ => square), $"'Value[0]' {Reason}");
        AssertRefused<Dictionary<string, Shape>>(
            new() { ["k"] = square }, $"'Value[\"k\"]' {Reason}");
        AssertRefused<Dictionary<int, List<Shape>>>(
            new() { [7] = [square] }, $"'Value[7][0]' {Reason}");
        AssertRefused<Holder<Shape>>(new() { Value = square }, $"'Value.Value' {Reason}");
        AssertRefused<KeyValuePair<int, Shape>?>(new(1, square), $"'Value.Value' {Reason}");
        AssertRefused<Loosely>(
            new LooselyDerived { Name = "n" }, "'Value' is of type 'LooselyDerived', which");
    }

    [Fact]
    public void A_collection_of_another_type_would_lose_what_it_has_besides()
    {
        AssertRefused<IList<string>>(
            new Cart { Coupon = "x" }, "'Value' is of type 'Cart' and would");
        AssertRefused<List<string>>(
            new Cart { Coupon = "x" }, "'Value' is of type 'Cart' and would");
        AssertRefused<Collection<int>>(
            new ObservableCollection<int>(),
            "'Value' is of type 'ObservableCollection<int>' and would come back as a collection "
            + "that is not; declare the property as 'ObservableCollection<int>', or put the items "
            + "into a 'Collection<int>'");
    }

    [Fact]
    public void A_comparer_would_be_lost()
    {
        const string Reason =
            "'Value' has another comparer than the one that it would come back with";
        var pairs = new Dictionary<string, int>(Loose) { ["a"] = 1 };
        var comparer = Comparer<string>.Create(Loose.Compare);

        AssertRefused(pairs, Reason);
        AssertRefused(new SortedDictionary<string, int>(pairs, comparer), Reason);
        AssertRefused(new SortedDictionary<string, int>(StringComparer.Ordinal), Reason);
        AssertRefused(new SortedList<string, int>(Loose), Reason);
        AssertRefused(new OrderedDictionary<string, int>(Loose), Reason);
        AssertRefused(pairs.ToImmutableDictionary(Loose), Reason);
        AssertRefused(pairs.ToImmutableDictionary(keyComparer: null, ByParity.Instance), Reason);
        AssertRefused(pairs.ToImmutableSortedDictionary(comparer), Reason);
        AssertRefused<IDictionary<string, int>>(pairs, Reason);
        AssertRefused<IReadOnlyDictionary<string, int>>(
            new ReadOnlyDictionary<string, int>(pairs), Reason);
        AssertRefused(new HashSet<string>(Loose), Reason);
        AssertRefused(new SortedSet<string>(comparer), Reason);
        AssertRefused(ImmutableHashSet.Create<string>(Loose), Reason);
        AssertRefused(ImmutableSortedSet.Create<string>(StringComparer.Ordinal), Reason);
        AssertRefused<ISet<string>>(new HashSet<string>(Loose), Reason);
        AssertRefused<IImmutableSet<string>>(ImmutableHashSet.Create<string>(Loose), Reason);
        AssertRefused(new HashSet<int>(ByParity.Instance), Reason);
    }

    [Fact]
    public void A_comparer_that_comes_back_is_fine()
    {
        AssertFine(new Dictionary<string, int>(StringComparer.Ordinal));
        AssertFine(new HashSet<string>(EqualityComparer<string>.Default));
        AssertFine(new SortedSet<string>(Comparer<string>.Default));
        AssertFine(new Headers { ["a"] = 1 });
        AssertFine<IDictionary<string, int>>(new SortedDictionary<string, int>());
        AssertFine<IReadOnlyCollection<string>>(new HashSet<string>(Loose));
    }

    [Fact]
    public void Half_a_surrogate_pair_would_become_another_character()
    {
        const string Half = "ab\uD83D";
        const string Reason = "has half of a surrogate pair (U+D83D) at index";

        AssertRefused(Half, $"'Value' {Reason} 2, which UTF-8 cannot hold; remove it, or keep the");
        AssertRefused(Half[2], $"'Value' {Reason} 0");
        AssertRefused<char?>(Half[2], $"'Value' {Reason} 0");
        AssertRefused(new[] { "a", Half }, $"'Value[1]' {Reason} 2");
        AssertRefused(new Dictionary<string, int> { [Half] = 1 }, $"'Value[a key]' {Reason} 2");
        AssertRefused(new Uri(Half, UriKind.Relative), $"'Value' {Reason} 2");
        AssertRefused(new Memory<string>([Half]), "'Value' cannot be written as JSON");
        AssertRefused<JsonNode>(JsonValue.Create(Half), "'Value' is JSON that would be read as");

        TableDefinition words = TableDefinitionReader.Read(typeof(Word));
        var exception = Assert.Throws<ArgumentException>(
            () => words.ValidateRecord(new Word { Id = Half, Length = 1 }));
        Assert.StartsWith(
            $"A record of table 'Word' cannot be stored as JSON: 'Id' {Reason} 2",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_immutable_array_is_no_value()
    {
        const string Reason = "is a default ImmutableArray, which is not even empty; set it, to []";

        AssertRefused(new WithInitializedArray { Items = default }, $"'Value.Items' {Reason}");
        AssertRefused(new[] { default(ImmutableArray<int>) }, $"'Value[0]' {Reason}");
        AssertRefused(
            new Dictionary<int, ImmutableArray<int>> { [1] = default }, $"'Value[1]' {Reason}");
        AssertRefused(new List<ImmutableArray<int>> { default }, $"'Value[0]' {Reason}");
        AssertFine<ImmutableArray<int>?>(null);
    }

    [Fact]
    public void A_document_from_before_an_immutable_array_was_added_harms_nobody()
    {
        TableDefinition table = Define<ImmutableArray<int>>();
        object record = table.Deserialize("""{"Id":1}"""u8);

        // Nor does a caller that writes the record that it has read.
        table.ValidateRecord(record);
        object sent = table.Deserialize(table.Serialize(table.Copy(record)));

        Assert.True(((Holder<ImmutableArray<int>>)sent).Value.IsDefault);
        Assert.True(table.SameDocument(record, sent));
    }

    [Fact]
    public void A_record_has_as_many_levels_as_the_limit_says()
    {
        // The record is the first level, each link one, and the array of the last one more.
        TableDefinition links = TableDefinitionReader.Read(typeof(Chain));
        links.ValidateRecord(Chain.Of(DocumentFormat.MaxDepth - 1));
        _ = links.Deserialize(links.Serialize(Chain.Of(DocumentFormat.MaxDepth - 1)));

        var exception = Assert.Throws<ArgumentException>(
            () => links.ValidateRecord(Chain.Of(DocumentFormat.MaxDepth)));

        Assert.Contains(
            "Next.Tags' is deeper than 64 levels of objects and collections, which is the most "
            + "that a record may have, or there is a cycle in it",
            exception.Message,
            StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(
            () => links.Serialize(Chain.Of(DocumentFormat.MaxDepth)));
    }

    [Fact]
    public void A_cycle_has_no_end()
    {
        var chain = Chain.Of(1);
        chain.Next = chain;

        var exception = Assert.Throws<ArgumentException>(
            () => TableDefinitionReader.Read(typeof(Chain)).ValidateRecord(chain));

        Assert.Contains("cycle", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_no_number_has_no_name()
    {
        AssertRefused(
            new Dictionary<double, int> { [double.NaN] = 1 },
            "'Value[a key]' is NaN, which cannot be the name of a JSON property");
        AssertRefused(new Dictionary<float, int> { [1 / 0f] = 1 }, "'Value[a key]' is Infinity");
        AssertRefused(new Dictionary<Half, int> { [Half.NaN] = 1 }, "'Value[a key]' is NaN");
    }

    [Fact]
    public void JSON_that_is_not_there_cannot_be_written()
    {
        AssertRefused(default(JsonElement), "'Value' cannot be written as JSON and read again");
        AssertFine<JsonNode>(null);
    }

    [Fact]
    public void What_code_of_the_application_changes_is_refused()
    {
        const string Reason = "would be another value when it is read again, because its "
            + "constructor, accessors or converter change it";

        AssertRefused(new Trimmed(1) { Name = " x" }, $"'Value.Name' {Reason}");
        AssertFine(new Trimmed(1) { Name = "x" });
        AssertRefused(new Doubling { Size = 1 }, $"'Value.Size' {Reason}");
        AssertFine(new Doubling());
        AssertRefused(new Growing { Items = { "b" } }, $"'Value.Items' {Reason}");
        AssertRefused(new WithRounding { Amount = 1.5m }, $"'Value.Amount' {Reason}");
        AssertFine(new WithRounding { Amount = 2m });
        AssertRefused(
            new WithOneWay { Text = "x" },
            "it cannot be written as JSON and read again: It is only");
    }

    [Fact]
    public void What_a_constructor_would_refuse_or_change_when_it_is_read_is_refused()
    {
        const string NotRead = "it cannot be written as JSON and read again: ";
        var account = new Account(1, 5);
        account.Withdraw(5);
        AssertFine(account);
        account.Withdraw(1);
        AssertRefused(account, NotRead);

        var sorted = new Sorted(1, ["b", "a"]);
        AssertFine(sorted);
        sorted.Lines.Add("0");
        AssertRefused(sorted, "'Value.Lines");

        AssertFine(new Stretch(1, 2));
        AssertRefused(new Stretch(1, 2) with { To = 0 }, $"{NotRead}It ends before it begins.");
        AssertFine(new Lap(1, 2));
        AssertRefused(new Lap(1, 2) with { To = -1 }, NotRead);
    }

    [Theory]
    [InlineData(typeof(Titled), true)]
    [InlineData(typeof(Spot), true)]
    [InlineData(typeof(Circle), true)]
    [InlineData(typeof(Account), false)]
    [InlineData(typeof(Sorted), false)]
    [InlineData(typeof(Stretch), false)]
    [InlineData(typeof(Lap), false)]
    public void Only_a_constructor_with_code_of_its_own_costs_a_check(Type type, bool isPlain)
        => Assert.Equal(
            isPlain, new StoredState(DocumentFormat.Options.GetTypeInfo(type)).IsPlain);

    [Fact]
    public void Who_listens_to_a_record_is_in_no_copy_of_it()
    {
        TableDefinition table = Define<WithEvent>();
        int calls = 0;
        var record = new Holder<WithEvent> { Id = 1, Value = new WithEvent { Name = "n" } };
        record.Value.Changed += (_, _) => calls++;
        table.ValidateRecord(record);

        var copy = (Holder<WithEvent>)table.Copy(record);
        copy.Value!.Change();

        Assert.Equal(0, calls);
        Assert.Equal("n", copy.Value.Name);
    }

    [Fact]
    public void What_a_getter_or_an_iterator_throws_is_told_with_its_path()
    {
        AssertRefused(new Unset { Port = 1 }, "'Value.Url' cannot be read: There is no URL.");
        AssertRefused(new Unset { Url = "a" }, "'Value.Port' cannot be read: There is no port.");
        AssertFine(new Unset { Url = "a", Port = 1 });
        AssertRefused<IEnumerable<string>>(
            new[] { 0 }.Select(static number => $"{1 / number}"),
            "'Value' cannot be written as JSON and read again: Attempted to divide by zero.");
    }

    private static TableDefinition Define<T>()
        => TableDefinitionReader.Read(typeof(Holder<T>), new TableOptions { Name = "holder" });

    private static void AssertFine<T>(T? value)
    {
        TableDefinition table = Define<T>();
        var record = new Holder<T> { Id = 1, Value = value };

        table.ValidateRecord(record);

        Assert.True(table.SameDocument(record, table.Deserialize(table.Serialize(record))));
    }

    private static void AssertRefused<T>(T value, string reason)
    {
        TableDefinition table = Define<T>();
        var exception = Assert.Throws<ArgumentException>(
            () => table.ValidateRecord(new Holder<T> { Id = 1, Value = value }));

        Assert.StartsWith(
            $"A record of table 'holder' cannot be stored as JSON: {reason}",
            exception.Message,
            StringComparison.Ordinal);
    }
}
