using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Memento.Tests.Tables;

public sealed class IndexInfoTests
{
    [Fact]
    public void It_is_named_after_its_properties()
    {
        Assert.Equal("Year", new IndexInfo("Year", unique: false).Name);
        Assert.Equal("Director_Year", new IndexInfo(["Director", "Year"], unique: true).Name);
    }

    [Fact]
    public void Two_are_equal_where_their_properties_are_in_their_order()
    {
        var index = new IndexInfo(["Director", "Year"], unique: true);

        Assert.Equal(index, new IndexInfo(["Director", "Year"], unique: true));
        Assert.Equal(
            index.GetHashCode(), new IndexInfo(["Director", "Year"], unique: true).GetHashCode());
        Assert.NotEqual(index, new IndexInfo(["Year", "Director"], unique: true));
        Assert.NotEqual(index, new IndexInfo(["Director", "Year"], unique: false));
        Assert.NotEqual(index, new IndexInfo("Director_Year", unique: true));
        Assert.False(index.Equals(null));
    }

    [Fact]
    public void What_the_caller_has_changes_nothing_in_it()
    {
        string[] names = ["Director", "Year"];
        var index = new IndexInfo(names, unique: false);
        names[0] = "Title";

        Assert.Equal(["Director", "Year"], index.Properties);
    }

    [Fact]
    public void It_has_a_property()
    {
        Assert.Throws<ArgumentException>(() => new IndexInfo([], unique: false));
        Assert.Throws<ArgumentException>(() => new IndexInfo(["Year", ""], unique: false));
        Assert.Throws<ArgumentNullException>(() => new TableOptions().AddIndex(null!, "Year"));
        Assert.Throws<ArgumentException>(() => new TableOptions().AddUniqueIndex());
    }

    [Fact]
    public void It_travels()
    {
        using ServiceProvider services =
            new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var index = new IndexInfo(["Director", "Year"], unique: true);

        Assert.Equal(
            index, serializer.Deserialize<IndexInfo>(serializer.SerializeToArray(index)));
    }
}
