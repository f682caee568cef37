using System.Text.Json;
using Memento.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Memento.Tests.Tables;

public sealed class TableSchemaTests
{
    private static readonly TableSchema Schema =
        TableDefinitionReader.Read(typeof(Screening)).ToSchema();

    [Fact]
    public void It_says_what_is_stored()
    {
        Assert.Equal("screenings", Schema.Name);
        Assert.Equal(TableType.OrderedSet, Schema.Type);
        Assert.Equal(TableStorage.Ram, Schema.Storage);
        Assert.False(Schema.AutoIncrement);
        Assert.Equal(4, Schema.PartitionCount);
        Assert.Equal(["Cinema", "Day", "Temperature", "Guests"], Schema.Attributes);
        Assert.Equal(
            [new KeySchema("Cinema", "string"), new KeySchema("Day", "dateonly")], Schema.Key);
        Assert.Equal(
            [
                new IndexSchema("Cinema", "string", false),
                new IndexSchema("Temperature", "double", true),
            ],
            Schema.Indexes);
    }

    [Fact]
    public void It_survives_the_catalog()
    {
        using ServiceProvider services =
            new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        var back = serializer.Deserialize<TableSchema>(serializer.SerializeToArray(Schema))!;

        Assert.True(Schema.Compare(back).IsNone);
        Assert.Equal(Schema.Attributes, back.Attributes);
        Assert.Equal(Schema.Key, back.Key);
    }

    [Fact]
    public void Nothing_differs_from_itself()
    {
        SchemaDifference difference = Schema.Compare(Schema with { });

        Assert.True(difference.IsCompatible);
        Assert.True(difference.IsNone);
    }

    [Fact]
    public void Type_storage_partitions_and_key_cannot_change()
    {
        TableSchema stored = Schema with
        {
            Type = TableType.Set,
            Storage = TableStorage.Disk,
            PartitionCount = 16,
            Key = [new KeySchema("Cinema", "int64")],
        };

        SchemaDifference difference = Schema.Compare(stored);

        Assert.False(difference.IsCompatible);
        Assert.Equal(
            [
                "its type is Set in the storage and OrderedSet in the program",
                "its storage is Disk in the storage and Ram in the program",
                "its number of partitions is 16 in the storage and 4 in the program",
                "its primary key is (Cinema int64) in the storage and (Cinema string, Day "
                + "dateonly) in the program",
            ],
            difference.Incompatibilities);
    }

    [Fact]
    public void Attributes_and_plain_indexes_can_change()
    {
        SchemaDifference difference = Schema.Compare(Schema with
        {
            Attributes = ["Cinema", "Day"],
            Indexes = [new IndexSchema("Temperature", "double", true)],
        });

        Assert.True(difference.IsCompatible);
        Assert.False(difference.IsNone);
        Assert.True(difference.HasOtherChanges);
        Assert.Empty(difference.AddedUniqueIndexes);
        Assert.Empty(difference.RemovedUniqueIndexes);
    }

    [Fact]
    public void Unique_indexes_are_reported_by_themselves()
    {
        SchemaDifference difference = Schema.Compare(Schema with
        {
            Indexes = [new IndexSchema("Cinema", "string", true)],
        });

        Assert.True(difference.IsCompatible);
        Assert.Equal(["Temperature"], difference.AddedUniqueIndexes);
        Assert.Equal(["Cinema"], difference.RemovedUniqueIndexes);
        Assert.False(difference.IsNone);
    }

    [Fact]
    public void A_unique_index_of_another_encoding_is_another_index()
    {
        SchemaDifference difference = Schema.Compare(Schema with
        {
            Indexes =
            [
                new IndexSchema("Cinema", "string", false),
                new IndexSchema("Temperature", "int64", true),
            ],
        });

        Assert.Equal(["Temperature"], difference.AddedUniqueIndexes);
        Assert.Equal(["Temperature"], difference.RemovedUniqueIndexes);
    }

    [Fact]
    public void A_wider_integer_key_is_the_same_key()
    {
        Assert.Equal("int64", EncodingName.Of(typeof(sbyte)));
        Assert.Equal(EncodingName.Of(typeof(int)), EncodingName.Of(typeof(long)));
        Assert.Equal(EncodingName.Of(typeof(float)), EncodingName.Of(typeof(double)));
        Assert.Equal("int64", EncodingName.Of(typeof(DayOfWeek)));
        Assert.NotEqual(EncodingName.Of(typeof(long)), EncodingName.Of(typeof(ulong)));
    }

    [Fact]
    public void An_index_on_several_properties_is_another_one_in_another_order()
    {
        TableSchema schema = SchemaWith("Cinema", "Temperature");
        TableSchema mirrored = SchemaWith("Temperature", "Cinema");

        Assert.Equal(
            new IndexSchema("Cinema, Temperature", "string, double", true), schema.Indexes[2]);
        Assert.Equal("Cinema_Temperature", schema.Indexes[2].Name);
        Assert.Equal(
            ["screenings", "screenings$Temperature", "screenings$Cinema_Temperature"],
            StorageNames.Of(schema));
        SchemaDifference difference = mirrored.Compare(schema);
        Assert.Equal(["Temperature_Cinema"], difference.AddedUniqueIndexes);
        Assert.Equal(["Cinema_Temperature"], difference.RemovedUniqueIndexes);
        Assert.True(schema.Compare(SchemaWith("Cinema", "Temperature")).IsNone);
    }

    /// <summary>
    /// As the catalog has been written before there were indexes on several properties.
    /// </summary>
    [Fact]
    public void A_stored_index_on_one_property_is_read()
    {
        var stored = JsonSerializer.Deserialize<IndexSchema>(
            """{"Property":"Temperature","Type":"double","Unique":true}""");

        Assert.Equal(Schema.Indexes[1], stored);
        Assert.Equal(
            """{"Property":"Temperature","Type":"double","Unique":true}""",
            JsonSerializer.Serialize(stored));
    }

    private static TableSchema SchemaWith(params string[] properties)
        => TableDefinitionReader.Read(
            typeof(Screening), new TableOptions().AddUniqueIndex(properties)).ToSchema();
}
