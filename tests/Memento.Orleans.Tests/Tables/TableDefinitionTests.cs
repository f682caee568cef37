using Memento.Keys;
using Memento.Tables;

namespace Memento.Tests.Tables;

public sealed class TableDefinitionTests
{
    private static readonly TableDefinition Movies = TableDefinitionReader.Read(typeof(Movie));
    private static readonly TableDefinition Screenings =
        TableDefinitionReader.Read(typeof(Screening));

    [Fact]
    public void It_says_what_the_attributes_say()
    {
        Assert.Equal("Movie", Movies.Name);
        Assert.Equal(typeof(Movie), Movies.RecordType);
        Assert.Equal(TableType.OrderedSet, Movies.Type);
        Assert.Equal(TableStorage.Disk, Movies.Storage);
        Assert.True(Movies.AutoIncrement);
        Assert.Equal(TableAttribute.DefaultPartitions, Movies.PartitionCount);
        Assert.Equal(["Id", "Title", "Director", "Year"], Movies.Properties.Select(p => p.Name));
        Assert.Equal(["Id"], Movies.KeyProperties.Select(p => p.Name));
        Assert.Equal(["Director", "Year"], Movies.Indexes.Select(index => index.Name));
        Assert.Equal([0, 1], Movies.Indexes.Select(index => index.Ordinal));
        Assert.All(Movies.Indexes, index => Assert.False(index.Unique));
        Assert.Equal(typeof(int?), Movies.FindProperty("Year")!.Type);
        Assert.Equal(typeof(int), Movies.FindProperty("Year")!.ValueType);
        Assert.Null(Movies.FindProperty("year"));
    }

    [Fact]
    public void A_composite_key_is_in_its_own_order()
    {
        Assert.Equal("screenings", Screenings.Name);
        Assert.Equal(4, Screenings.PartitionCount);
        Assert.Equal(["Cinema", "Day"], Screenings.KeyProperties.Select(p => p.Name));
        Assert.Equal(
            ["Cinema", "Day", "Temperature", "Guests"], Screenings.Properties.Select(p => p.Name));

        var record = new Screening { Cinema = "Rex", Day = new DateOnly(2026, 7, 1) };

        Assert.Equal(("Rex", new DateOnly(2026, 7, 1)), Screenings.KeyValueOf(record));
        Assert.Equal(
            Screenings.KeyCodec.EncodeArgument(("Rex", new DateOnly(2026, 7, 1))),
            Screenings.KeyOf(record));
    }

    [Fact]
    public void Options_win_over_attributes()
    {
        var options = new TableOptions
        {
            Name = "films",
            Type = TableType.Set,
            AutoIncrement = false,
            Storage = TableStorage.Ram,
            Partitions = 3,
        };
        options.AddIndex("Title", unique: true).AddIndex("Year", unique: true);

        TableDefinition table = TableDefinitionReader.Read(typeof(Movie), options);

        Assert.Equal("films", table.Name);
        Assert.Equal(TableType.Set, table.Type);
        Assert.Equal(TableStorage.Ram, table.Storage);
        Assert.False(table.AutoIncrement);
        Assert.Equal(3, table.PartitionCount);
        Assert.Equal(
            [("Title", true), ("Director", false), ("Year", true)],
            table.Indexes.Select(index => (index.Name, index.Unique)));
    }

    [Fact]
    public void A_type_without_the_attribute_is_a_ram_set()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Plain));

        Assert.Equal("Plain", table.Name);
        Assert.Equal(TableType.Set, table.Type);
        Assert.Equal(TableStorage.Ram, table.Storage);
        Assert.False(table.AutoIncrement);
        Assert.Equal("Id", Assert.Single(table.KeyProperties).Name);
    }

    [Fact]
    public void Computed_and_ignored_properties_are_not_stored()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Plain));

        Assert.Equal(["Id", "Name"], table.Properties.Select(p => p.Name));
        Assert.Equal(
            """{"Id":1,"Name":"x"}"""u8,
            table.Serialize(new Plain { Id = 1, Name = "x", Cache = 5 }));
    }

    [Fact]
    public void A_key_of_a_record_is_the_key_of_its_value()
    {
        var movie = new Movie { Id = 42, Title = "Rush" };

        Assert.Equal(Movies.KeyCodec.EncodeArgument(42L), Movies.KeyOf(movie));
        Assert.Equal(42L, Movies.KeyValueOf(movie));
    }

    [Fact]
    public void A_null_in_a_key_is_refused_with_table_and_property()
    {
        var exception = Assert.Throws<ArgumentException>(() => Screenings.KeyOf(new Screening()));

        Assert.StartsWith(
            "The record's key property 'Cinema' of table 'screenings' is null. Set it before the "
            + "record is written.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void NaN_in_a_key_is_refused_with_table_and_property()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Measurement));

        var exception = Assert.Throws<ArgumentException>(
            () => table.KeyOf(new Measurement { Value = float.NaN }));

        Assert.StartsWith(
            "The record's key property 'Value' of table 'Measurement' is NaN",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_is_the_stable_hash_modulo_their_number()
    {
        Key key = Movies.KeyCodec.EncodeArgument(42L);

        Assert.Equal((int)(key.Hash % 16), Movies.PartitionOf(key));

        // Stored rows depend on it: this number may never change.
        Assert.Equal(9, Movies.PartitionOf(key));
        Assert.Equal(
            Enumerable.Range(0, 16),
            Enumerable.Range(0, 1000)
                .Select(id => Movies.PartitionOf(Movies.KeyCodec.EncodeArgument(id)))
                .Distinct()
                .Order());
    }

    [Fact]
    public void Indexes_on_several_properties_come_after_those_on_one()
    {
        TableDefinition table = TableDefinitionReader.Read(
            typeof(Indexed), new TableOptions().AddIndex("Year", "Title").AddIndex("Year"));

        Assert.Equal(
            [
                new IndexInfo("Title", true),
                new IndexInfo("Year", false),
                new IndexInfo(["Title", "Year"], true),
                new IndexInfo(["Year", "Score"], false),
                new IndexInfo(["Year", "Title"], false),
            ],
            table.Indexes.Select(index => index.Info));
        Assert.Equal("Title_Year", table.Indexes[2].Name);
        Assert.Equal(["Year", "Score"], table.Indexes[3].Properties.Select(each => each.Name));
        Assert.Equal([0, 1, 2, 3, 4], table.Indexes.Select(index => index.Ordinal));
        Assert.Equal("Indexed$Title", table.StorageName(table.Indexes[0].Values));
        Assert.Equal("Indexed$Title_Year", table.StorageName(table.Indexes[2].Values));
    }

    [Fact]
    public void Options_win_over_attributes_about_an_index_on_several_properties()
    {
        var options = new TableOptions();
        options.AddIndex("Title", "Year").AddIndex("Year", "Score").AddUniqueIndex("Year", "Score");

        TableDefinition table = TableDefinitionReader.Read(typeof(Indexed), options);

        Assert.False(table.Indexes.Single(index => index.Name == "Title_Year").Unique);
        Assert.True(table.Indexes.Single(index => index.Name == "Year_Score").Unique);
    }

    [Fact]
    public void An_entry_of_an_index_is_each_value_behind_a_tag_and_then_the_key()
    {
        IndexDefinition index = Table<Indexed>().Indexes.Single(each => each.Name == "Year_Score");
        byte[] key = [9, 8];

        Assert.Equal(
            "02800000000000000702BFF00000000000000908", Encode(new() { Year = 7, Score = 1 }));
        Assert.Equal("00010908", Encode(new() { Year = null, Score = double.NaN }));

        string Encode(Indexed record) => Convert.ToHexString(index.EncodeEntry(record, key));
    }

    [Fact]
    public void A_long_entry_is_whole()
    {
        IndexDefinition index = Table<Indexed>().Indexes.Single(each => each.Name == "Title");
        var title = new string('x', 1000);

        Assert.Equal(
            (byte[])[2, .. Enumerable.Repeat((byte)'x', 1000), 0, 1, 2],
            index.EncodeEntry(new Indexed { Title = title }, [1, 2]));
    }

    /// <summary>These bytes are stored: they may never change.</summary>
    [Fact]
    public void A_value_of_a_unique_index_has_no_tags()
    {
        Assert.True(Screenings.Indexes[1].TryEncodeUnique(
            new Screening { Temperature = 1 }, out byte[] temperature));
        Assert.Equal("BFF0000000000000", Convert.ToHexString(temperature));

        IndexDefinition index = Table<Indexed>().Indexes.Single(each => each.Name == "Title_Year");
        var record = new Indexed { Title = "a", Year = 7 };

        Assert.True(index.TryEncodeUnique(record, out byte[] several));
        Assert.Equal("61008000000000000007", Convert.ToHexString(several));
        Assert.Equal(("a", 7), index.ValueOf(record));
        Assert.Equal(("a", 7), KeyCodec.Create("Indexed", index.Parts).Decode(several));
        Assert.Equal(1.0, Screenings.Indexes[1].ValueOf(new Screening { Temperature = 1 }));
    }

    [Fact]
    public void Null_and_NaN_are_no_values_of_a_unique_index()
    {
        IndexDefinition index = Table<Indexed>().Indexes.Single(each => each.Name == "Title_Year");

        Assert.False(
            Screenings.Indexes[1].TryEncodeUnique(
                new Screening { Temperature = double.NaN }, out _));
        Assert.False(index.TryEncodeUnique(new Indexed { Title = "a" }, out _));
        Assert.False(index.TryEncodeUnique(new Indexed { Year = 7 }, out _));
        Assert.True(index.TryEncodeUnique(new Indexed { Title = "", Year = 0 }, out _));
    }

    [Fact]
    public void A_record_of_a_derived_type_is_refused()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Plain));
        table.ValidateRecord(new Plain());

        Assert.Throws<ArgumentNullException>(() => table.ValidateRecord(null));
        var exception = Assert.Throws<ArgumentException>(() => table.ValidateRecord(new Fancy()));
        Assert.StartsWith(
            "A record of type 'Fancy' cannot be in table 'Plain', whose records are exactly of "
            + "type 'Plain': what 'Fancy' has besides would be lost. Write a 'Plain', or register "
            + "'Fancy' as a table of its own.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Records_with_one_document_are_the_same()
    {
        var left = new Screening { Cinema = "Rex", Guests = { "Ann" } };
        var right = new Screening { Cinema = "Rex", Guests = { "Ann" } };
        Assert.True(Screenings.SameDocument(left, left));
        Assert.True(Screenings.SameDocument(left, right));
        Assert.Equal(Screenings.DocumentIdentity(left), Screenings.DocumentIdentity(right));

        right.Guests.Add("Bob");

        Assert.False(Screenings.SameDocument(left, right));
        Assert.NotEqual(Screenings.DocumentIdentity(left), Screenings.DocumentIdentity(right));
    }

    [Fact]
    public void An_identity_is_the_beginning_of_the_documents_hash()
    {
        UInt128 expected = UInt128.Parse(
            "44136fa355b3678a1146ad16f7e8649e", System.Globalization.NumberStyles.HexNumber);

        Assert.Equal(expected, TableDefinition.DocumentIdentity("{}"u8));
    }

    [Fact]
    public void A_size_grows_with_what_the_record_refers_to()
    {
        long empty = Movies.EstimateSize(new Movie { Title = "" });
        Assert.InRange(empty, 40, 100);
        Assert.Equal(
            empty + 2000, Movies.EstimateSize(new Movie { Title = new string('x', 1000) }));
        Assert.True(
            Screenings.EstimateSize(new Screening { Guests = [.. Enumerable.Repeat("x", 100)] })
            > Screenings.EstimateSize(new Screening()) + 1000);
    }

    private static TableDefinition Table<T>() => TableDefinitionReader.Read(typeof(T));

    [Index("Title", "Year", Unique = true)]
    [Index(nameof(Year), nameof(Score))]
    internal sealed class Indexed
    {
        public int Id { get; set; }

        [Index(Unique = true)]
        public string? Title { get; set; }

        public int? Year { get; set; }

        public double Score { get; set; }
    }

    internal class Plain
    {
        public int Id { get; set; }

        public string? Name { get; set; }

        public int Length => Name?.Length ?? 0;

        [System.Text.Json.Serialization.JsonIgnore]
        public int Cache { get; set; }
    }

    internal sealed class Fancy : Plain
    {
        public string? Feather { get; set; }
    }

    internal sealed class Measurement
    {
        [PrimaryKey]
        public float Value { get; set; }

        public string? Unit { get; set; }
    }
}
