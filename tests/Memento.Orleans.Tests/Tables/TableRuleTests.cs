using System.Text.Json.Serialization;
using Memento.Tables;

namespace Memento.Tests.Tables;

/// <summary>Each rule of a table's definition, with the message that it gives.</summary>
public sealed class TableRuleTests
{
    private const string NotMade = "; a table's records are of a class or record that can be made.";

    [Theory]
    [InlineData(typeof(ITables), "it is an interface" + NotMade)]
    [InlineData(typeof(Stream), "it is abstract" + NotMade)]
    [InlineData(typeof(Math), "it is a static class" + NotMade)]
    [InlineData(typeof(int), "it is a value type" + NotMade)]
    [InlineData(typeof(Movie[]), "it is an array" + NotMade)]
    [InlineData(typeof(Action), "it is a delegate" + NotMade)]
    [InlineData(typeof(List<>), "it is an open generic type" + NotMade)]
    public void A_record_type_can_be_made(Type type, string rule) => AssertBroken(type, null, rule);

    [Fact]
    public void A_table_has_a_key()
        => AssertBroken(
            typeof(WithoutKey),
            null,
            "it has no primary key; mark a property with [PrimaryKey], or name it 'Id'.");

    [Fact]
    public void An_index_is_on_what_all_records_of_the_table_have()
        => AssertBroken(
            typeof(WithDerived),
            "Wings",
            "an index needs a property that all records of the table have, and 'Winged' has it "
            + "alone; move it to 'WithDerived'.");

    [Fact]
    public void A_type_that_cannot_be_made_may_have_derived_types_that_can()
        => Assert.NotNull(TableDefinitionReader.Read(typeof(AbstractWithDerived)));

    [Fact]
    public void A_table_has_an_attribute_besides_its_key()
        => AssertBroken(
            typeof(WithoutAttribute),
            null,
            "it has no attribute besides its key; add a public property with a getter and a "
            + "setter.");

    [Fact]
    public void A_key_has_a_type_with_an_order()
        => AssertBroken(
            typeof(WithListAsKey),
            "Id",
            "a primary key cannot be of type 'List<int>', only of integers up to 64 bits, string, "
            + "char, bool, Guid, DateTime, DateTimeOffset, DateOnly, TimeOnly, TimeSpan, decimal, "
            + "double, float and enums; change its type.");

    [Fact]
    public void A_key_is_not_null()
        => AssertBroken(
            typeof(WithNullableKey),
            "Id",
            "a primary key is never null, so that it cannot be 'int?'; make it 'int', or set "
            + "AutoIncrement, which replaces null by a number.");

    [Fact]
    public void The_parts_of_a_key_have_an_order()
        => AssertBroken(
            typeof(WithEqualOrders),
            "B",
            "its Order in the key, 1, is also that of 'A'; give each part of a composite key an "
            + "Order of its own, as in [PrimaryKey(Order = 1)].");

    [Theory]
    [InlineData(typeof(WithIgnoredKey), "Id", "a primary key")]
    [InlineData(typeof(WithStaticKey), "Key", "a primary key")]
    [InlineData(typeof(WithComputedIndex), "Length", "an index")]
    [InlineData(typeof(WithInternalIndex), "Secret", "an index")]
    public void Keys_and_indexes_are_stored(Type type, string property, string role)
        => AssertBroken(
            type,
            property,
            $"{role} needs a stored property; make it a public instance property with a getter and "
            + "a setter ('init' will do) or a constructor parameter, without [JsonIgnore].");

    [Fact]
    public void Auto_increment_needs_an_ordered_set()
        => AssertBroken(
            typeof(Movie),
            null,
            "AutoIncrement needs an ordered set; set Type = TableType.OrderedSet, or leave "
            + "AutoIncrement out.",
            new TableOptions { Type = TableType.Bag });

    [Theory]
    [InlineData(typeof(Screening), "Cinema")]
    [InlineData(typeof(WithEnumKey), "Id")]
    [InlineData(typeof(WithTextKey), "Id")]
    public void Auto_increment_needs_one_integer(Type type, string property)
        => AssertBroken(
            type,
            property,
            "AutoIncrement needs a key of one integer; make it a 'long', or leave AutoIncrement "
            + "out.",
            Numbering);

    [Fact]
    public void Auto_increment_needs_a_setter()
        => AssertBroken(
            typeof(WithFixedKey),
            "Id",
            "AutoIncrement sets the key; give the property a public setter ('init' will do).",
            Numbering);

    [Fact]
    public void An_index_has_a_type_with_an_order()
        => AssertBroken(
            typeof(Screening),
            "Guests",
            "an index cannot be of type 'List<string>', only of integers up to 64 bits, string, "
            + "char, bool, Guid, DateTime, DateTimeOffset, DateOnly, TimeOnly, TimeSpan, decimal, "
            + "double, float and enums. Remove the index or change the property's type.",
            new TableOptions().AddIndex("Guests"));

    [Fact]
    public void A_key_needs_no_index()
        => AssertBroken(
            typeof(Movie),
            "Id",
            "the primary key is found by itself; remove the index on it.",
            new TableOptions().AddIndex("Id"));

    [Fact]
    public void An_index_of_the_options_is_on_a_property()
        => AssertBroken(
            typeof(Movie),
            "Genre",
            "the options name an index on it, but the type has no stored property of this name; "
            + "stored are Id, Title, Director, Year.",
            new TableOptions().AddIndex("Genre"));

    [Theory]
    [InlineData(TableDefinition.MinPartitionCount - 1)]
    [InlineData(TableDefinition.MaxPartitionCount + 1)]
    public void Partitions_are_limited(int count)
        => AssertBroken(
            typeof(Movie),
            null,
            $"it has {count} partitions; use 1 to 1024.",
            new TableOptions { Partitions = count });

    [Theory]
    [InlineData(TableDefinition.MinPartitionCount)]
    [InlineData(TableDefinition.MaxPartitionCount)]
    public void Partitions_reach_their_limits(int count)
        => Assert.Equal(
            count,
            TableDefinitionReader.Read(typeof(Movie), new TableOptions { Partitions = count })
                .PartitionCount);

    [Fact]
    public void Enums_have_a_name()
    {
        AssertBroken(
            typeof(Movie),
            null,
            "9 is no TableType; use one of Set, OrderedSet, Bag.",
            new TableOptions { Type = (TableType)9 });
        AssertBroken(
            typeof(Movie),
            null,
            "9 is no TableStorage; use one of Ram, Disk.",
            new TableOptions { Storage = (TableStorage)9 });
    }

    [Theory]
    [InlineData("", "its name is empty; give it one of letters, digits and '_'.")]
    [InlineData("1st", "its name '1st' does not start with a letter; let it start with one.")]
    [InlineData("_a", "its name '_a' does not start with a letter; let it start with one.")]
    [InlineData(
        "a-b",
        "its name 'a-b' has the character '-'; use the letters A to Z and a to z, digits and '_', "
        + "for "
        + "example with [Table(Name = \"…\")].")]
    [InlineData(
        "Filmé",
        "its name 'Filmé' has the character 'é'; use the letters A to Z and a to z, digits and "
        + "'_', for "
        + "example with [Table(Name = \"…\")].")]
    [InlineData(
        "Memento_x",
        "its name 'Memento_x' starts with 'memento_', which is kept for tables that are not the "
        + "application's; choose another name.")]
    [InlineData(
        "sqlite_x",
        "its name 'sqlite_x' starts with 'sqlite_', which is kept for tables that are not the "
        + "application's; choose another name.")]
    public void A_name_is_valid_everywhere(string name, string rule)
        => AssertBroken(typeof(Movie), null, rule, new TableOptions { Name = name });

    [Fact]
    public void A_name_is_not_too_long()
    {
        string longest = new('a', TableDefinition.MaxNameLength);
        var options = new TableOptions { Name = longest };
        Assert.Equal(longest, TableDefinitionReader.Read(typeof(Movie), options).Name);

        AssertBroken(
            typeof(Movie),
            null,
            $"its name '{longest}b' has 64 characters; use at most 63.",
            new TableOptions { Name = longest + "b" });
    }

    [Fact]
    public void A_message_names_type_property_and_rule()
    {
        var exception = Assert.Throws<InvalidTableException>(
            () => TableDefinitionReader.Read(typeof(WithNullableKey)));

        Assert.Equal(
            $"Table type 'WithNullableKey', property 'Id', is not valid: {exception.Rule}",
            exception.Message);
    }

    private static TableOptions Numbering
        => new() { Type = TableType.OrderedSet, AutoIncrement = true };

    private static void AssertBroken(
        Type type, string? property, string rule, TableOptions? options = null)
    {
        var exception = Assert.Throws<InvalidTableException>(
            () => TableDefinitionReader.Read(type, options));

        Assert.Equal((property, rule), (exception.Property, exception.Rule));
    }

    internal sealed record WithoutKey(string Name);

    internal sealed record WithoutAttribute(int Id)
    {
        public int Double => 2 * Id;
    }

    internal sealed record WithListAsKey(List<int> Id, string Name);

    internal sealed record WithNullableKey(int? Id, string Name);

    internal sealed record WithEqualOrders(
        [property: PrimaryKey(Order = 1)] int A, [property: PrimaryKey(Order = 1)] int B, int C);

    internal sealed class WithIgnoredKey
    {
        [PrimaryKey]
        [JsonIgnore]
        public int Id { get; set; }

        public string? Name { get; set; }
    }

    internal sealed class WithStaticKey
    {
        [PrimaryKey]
        public static int Key { get; set; }

        public int Id { get; set; }

        public string? Name { get; set; }
    }

    internal sealed class WithComputedIndex
    {
        public int Id { get; set; }

        public string? Name { get; set; }

        [Index]
        public int Length => Name?.Length ?? 0;
    }

    internal sealed class WithInternalIndex
    {
        public int Id { get; set; }

        public string? Name { get; set; }

        [Index]
        internal string? Secret { get; set; }
    }

    internal sealed record WithEnumKey(DayOfWeek Id, string Name);

    internal sealed record WithTextKey(string Id, string Name);

    internal sealed class WithFixedKey(int id)
    {
        public int Id { get; } = id;

        public string? Name { get; set; }
    }

    [Fact]
    public void A_bag_has_no_unique_index()
    {
        var options = new TableOptions { Type = TableType.Bag, AutoIncrement = false };
        options.AddIndex("Title", unique: true);

        var error = Assert.Throws<InvalidTableException>(
            () => TableDefinitionReader.Read(typeof(Movie), options));

        Assert.Equal("Title", error.Property);
        Assert.StartsWith("a unique index needs one record for each key", error.Rule);
    }

    [Fact]
    public void A_key_of_several_properties_needs_no_index_on_them()
    {
        AssertBroken(
            typeof(Screening),
            "Cinema, Day",
            "the primary key is found by itself; remove the index on it.",
            new TableOptions().AddIndex("Cinema", "Day"));
        Assert.Contains(
            TableDefinitionReader.Read(
                typeof(Screening), new TableOptions().AddIndex("Day", "Cinema")).Indexes,
            index => index.Name == "Day_Cinema");
    }

    [Fact]
    public void An_index_on_a_property_has_no_names()
        => AssertBroken(
            typeof(WithNamesOnProperty),
            "Name",
            "an [Index] on a property has no names, because it is on that property; put one on "
            + "several properties on the type, as in [Index(\"Director\", \"Year\")].");

    [Fact]
    public void An_index_on_a_type_has_names()
        => AssertBroken(
            typeof(WithoutNamesOnType),
            null,
            "an [Index] on a type names its properties, as in [Index(\"Director\", \"Year\")]; "
            + "give it the names, or put it on a property.");

    [Fact]
    public void An_index_on_a_type_is_on_its_properties()
        => AssertBroken(
            typeof(WithUnknownName),
            "Nme",
            "an [Index] on the type names it, but the type has no stored property of this name; "
            + "stored are Id, Name.");

    [Fact]
    public void An_index_names_a_property_once()
        => AssertBroken(
            typeof(Movie),
            "Year",
            "an index names it twice; name each property once.",
            new TableOptions().AddIndex("Year", "Title", "Year"));

    [Theory]
    [InlineData(typeof(WithIndexTwice), "Name")]
    [InlineData(typeof(WithIndexHereAndThere), "Name")]
    [InlineData(typeof(WithNamesTwice), "Name, Id")]
    public void An_index_is_there_once(Type type, string properties)
        => AssertBroken(type, properties, "it has the same index twice; remove one of them.");

    [Fact]
    public void An_index_on_several_properties_has_types_with_an_order()
    {
        var exception = Assert.Throws<InvalidTableException>(() => TableDefinitionReader.Read(
            typeof(Screening), new TableOptions().AddIndex("Cinema", "Guests")));

        Assert.Equal("Guests", exception.Property);
        Assert.StartsWith("an index cannot be of type 'List<string>'", exception.Rule);
    }

    [Theory]
    [InlineData(typeof(WithNameOfTwo), "A, B", "A_B", "A_B")]
    [InlineData(typeof(WithNamesOfTwo), "A, B_a", "A_B, a", "A_B_a")]
    public void Two_indexes_have_two_names(Type type, string properties, string others, string name)
        => AssertBroken(
            type,
            properties,
            $"the index on it would have the name of that on {others}, '{name}' (case does not "
            + "count); rename a property, or remove one of the indexes.");

    [Fact]
    public void A_bag_has_no_unique_index_on_several_properties()
    {
        var options = new TableOptions { Type = TableType.Bag, AutoIncrement = false };
        var error = Assert.Throws<InvalidTableException>(() => TableDefinitionReader.Read(
            typeof(Movie), options.AddUniqueIndex("Title", "Year")));

        Assert.Equal("Title, Year", error.Property);
        Assert.StartsWith("a unique index needs one record for each key", error.Rule);
    }

    internal sealed class WithNamesOnProperty
    {
        public int Id { get; set; }

        [Index("Name")]
        public string? Name { get; set; }
    }

    [Index]
    internal sealed record WithoutNamesOnType(int Id, string Name);

    [Index("Nme", "Id")]
    internal sealed record WithUnknownName(int Id, string Name);

    internal sealed class WithIndexTwice
    {
        public int Id { get; set; }

        [Index]
        [Index(Unique = true)]
        public string? Name { get; set; }
    }

    [Index("Name")]
    internal sealed class WithIndexHereAndThere
    {
        public int Id { get; set; }

        [Index]
        public string? Name { get; set; }
    }

    [Index("Name", "Id")]
    [Index("Name", "Id", Unique = true)]
    internal sealed record WithNamesTwice(int Id, string Name);

    [Index("A", "B")]
    internal sealed class WithNameOfTwo
    {
        public int Id { get; set; }

        public int A { get; set; }

        public int B { get; set; }

        [Index]
        public int A_B { get; set; }
    }

    [Index("A_B", "a")]
    [Index("A", "B_a")]
    internal sealed class WithNamesOfTwo
    {
        public int Id { get; set; }

        public int A { get; set; }

        public int A_B { get; set; }

        public int B_a { get; set; }

        public int a { get; set; }
    }

    [JsonDerivedType(typeof(Winged), "winged")]
    internal class WithDerived
    {
        public int Id { get; set; }

        public string? Name { get; set; }
    }

    internal sealed class Winged : WithDerived
    {
        [Index]
        public int Wings { get; set; }
    }

    [JsonDerivedType(typeof(Made), "made")]
    internal abstract class AbstractWithDerived
    {
        public int Id { get; set; }

        public string? Name { get; set; }
    }

    internal sealed class Made : AbstractWithDerived;
}
