using Memento.Queries.Orders;
using Memento.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Memento.Tests.Queries;

public sealed class RecordOrderTests
{
    private static readonly TableDefinition Bag =
        TableDefinitionReader.Read(typeof(Film), new TableOptions
        {
            Name = "Bag",
            Type = TableType.Bag,
        }.AddIndex("Title").AddIndex("Genre", "Title", "Director"));

    [Fact]
    public void A_place_is_each_value_as_an_index_has_it_and_then_the_key()
    {
        RecordOrder order = Order("Director", "Year");
        var film = new Film { Director = "a", Year = null };

        Assert.Equal(
            Films.Table.Indexes.Single(index => index.Name == "Director_Year")
                .EncodeEntry(film, [7]),
            order.Encode(film, [7]));
    }

    [Fact]
    public void A_part_in_the_other_direction_is_complemented()
    {
        RecordOrder order = Order("Year descending", "Director");

        Assert.False(order.IsDescending);
        Assert.Equal(
            "FD7FFFFFFFFFFFFFF802610007",
            Convert.ToHexString(order.Encode(new Film { Year = 7, Director = "a" }, [7])));
        Assert.Equal(
            "FF0007", Convert.ToHexString(order.Encode(new Film(), [7])));
    }

    [Fact]
    public void Without_parts_a_place_is_the_key()
    {
        Assert.Equal([1, 2], Order().Encode(new Film(), [1, 2]));
        Assert.Equal([1, 2], RecordOrder.ByKey(isDescending: true).Encode(new Film(), [1, 2]));
        Assert.False(Order().IsDescending);
        Assert.True(RecordOrder.ByKey(isDescending: true).IsDescending);
    }

    [Theory]
    [InlineData("Year", "Year")]
    [InlineData("Year, Shelf", "Year")]
    [InlineData("Year, Shelf, Room", "Year")]
    [InlineData("Year descending, Shelf descending, Room descending", "Year descending")]
    [InlineData("Year, Shelf descending", "Year, key descending")]
    [InlineData("Year descending, Shelf, Room", "Year descending, key")]
    [InlineData("Year, Room", "Year, Room")]
    [InlineData("Year, Room, Shelf", "Year, Room")]
    [InlineData("Shelf, Year", "Shelf, Year")]
    [InlineData("Shelf, Year, Room", "Shelf, Year, Room")]
    [InlineData("Room, Year, Shelf, Title, Director", "Room, Year")]
    [InlineData("Room, Shelf descending, Title", "Room, key descending")]
    [InlineData("Year, Title, Year descending", "Year, Title")]
    [InlineData("Shelf", "key")]
    [InlineData("Shelf, Room", "key")]
    [InlineData("Shelf, Shelf descending", "key")]
    [InlineData("Shelf, Room, Title descending", "key")]
    [InlineData("Shelf descending", "key descending")]
    [InlineData("Shelf descending, Room descending", "key descending")]
    [InlineData("Shelf descending, Room", "Shelf descending, Room")]
    [InlineData("Home.City, Shelf", "Home.City")]
    public void What_changes_nothing_is_left_out(string written, string counting)
        => Assert.Equal(counting, Order(written.Split(", ")).ToString());

    /// <summary>The part that is left out decides the direction of equal records.</summary>
    [Fact]
    public void A_key_at_the_end_keeps_its_direction()
    {
        RecordOrder order = Order("Year descending", "Shelf", "Room");

        Assert.Equal([new OrderPart("Year", IsDescending: true)], order.Parts);
        Assert.False(order.IsDescending);
        Assert.Equal("FD7FFFFFFFFFFFFFF80102", Convert.ToHexString(
            order.Encode(new Film { Year = 7 }, [1, 2])));
    }

    [Fact]
    public void In_a_bag_records_of_one_key_have_an_order()
    {
        Assert.Equal("Shelf, Room, Year", Compile(Bag, "Shelf", "Room", "Year").ToString());
        Assert.Equal("key", Compile(Bag, "Shelf", "Room").ToString());
    }

    [Theory]
    [InlineData("Shelf descending")]
    [InlineData("Year descending, Shelf, Room")]
    [InlineData("Year, Room descending")]
    [InlineData("Home.City")]
    public void It_is_made_again_from_its_parts_and_direction(string written)
    {
        RecordOrder order = Order(written.Split(", "));
        using ServiceProvider services =
            new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        OrderPart[] parts = serializer.Deserialize<OrderPart[]>(
            serializer.SerializeToArray(order.Parts.ToArray()))!;

        RecordOrder again = RecordOrder.Compile(Films.Table, parts, order.IsDescending);

        Assert.Equal(order.Parts, again.Parts);
        Assert.Equal(order.IsDescending, again.IsDescending);
        var film = new Film { Year = 7, Room = "a", Home = new Address { City = "b" } };
        Assert.Equal(order.Encode(film, [1]), again.Encode(film, [1]));
    }

    [Theory]
    [InlineData("Line", "Table 'Film' does not store it. Order by one of Shelf, Room, Director")]
    [InlineData("Colour", "Table 'Film' does not store it.")]
    [InlineData("Tags", "A 'List<string>' has no order; integers up to 64 bits, string")]
    [InlineData("Home", "A 'Address' has no order;")]
    [InlineData("Home.Spot", "A 'Point?' has no order;")]
    public void What_has_no_order_is_refused(string path, string instead)
    {
        var error = Assert.Throws<QueryNotSupportedException>(() => Order("Year", path));

        Assert.Equal(path, error.Expression);
        Assert.StartsWith(instead, error.Instead, StringComparison.Ordinal);
    }

    /// <summary>
    /// Whether an order is valid must not depend on the parts that are left out of it.
    /// </summary>
    [Fact]
    public void A_part_that_changes_nothing_is_refused_like_others()
    {
        Assert.Throws<QueryNotSupportedException>(() => Order("Shelf", "Room", "Tags"));
        Assert.Throws<ArgumentException>(() => Order("Home.Line"));
    }

    private static RecordOrder Order(params string[] parts) => Compile(Films.Table, parts);

    private static RecordOrder Compile(TableDefinition table, params string[] parts)
        => RecordOrder.Compile(table, Films.Parts(parts));
}
