using System.Linq.Expressions;
using Memento.Queries.Orders;

namespace Memento.Tests.Queries;

public sealed class OrderPathTests
{
    [Fact]
    public void A_property_is_its_name()
    {
        Assert.Equal("Year", Of(m => m.Year));
        Assert.Equal("Home.City", Of(m => m.Home!.City));
        Assert.Equal("Home.Spot.X", Of(m => m.Home!.Spot!.Value.X));
        Assert.Equal("Genre", Of(m => m.Genre));
        Assert.Equal("Line", Of(m => m.Line));
    }

    [Fact]
    public void Conversions_that_change_no_order_are_looked_through()
    {
        Assert.Equal("Year", Of<object?>(m => m.Year));
        Assert.Equal("Year", Of(m => m.Year!.Value));
        Assert.Equal("Shelf", Of<int?>(m => m.Shelf));
        Assert.Equal("Title", Of<IComparable?>(m => m.Title));
    }

    [Fact]
    public void Everything_else_is_refused_and_the_way_out_is_named()
    {
        int year = 1994;
        Refused(m => m, "m");
        Refused(m => m.Year + 1, "(m.Year + Convert(1, Nullable`1))");
        Refused(m => m.Year ?? 0, "(m.Year ?? 0)");
        Refused(m => m.Title!.Length, "m.Title.Length");
        Refused(m => m.Home!.Line, "m.Home.Line");
        Refused(m => m.Title!.ToUpperInvariant(), "m.Title.ToUpperInvariant()");
        Refused(m => (long)m.Shelf, "Convert(m.Shelf, Int64)");
        Refused(m => m.Year.HasValue, "m.Year.HasValue");
        Refused(_ => year, "year");
        Assert.Throws<ArgumentNullException>(() => OrderPath.Of(null!));
    }

    private static void Refused<TKey>(Expression<Func<Film, TKey>> property, string expression)
    {
        var error = Assert.Throws<QueryNotSupportedException>(() => OrderPath.Of(property));

        Assert.Equal(expression, error.Expression);
        Assert.StartsWith(
            "Name a stored property of the record, or of an object in it",
            error.Instead,
            StringComparison.Ordinal);
    }

    private static string Of<TKey>(Expression<Func<Film, TKey>> property) => OrderPath.Of(property);
}
