using Memento.Queries.Evaluation;

namespace Memento.Tests.Queries;

public sealed class MatchGuardTests
{
    [Fact]
    public void Every_property_of_the_object_must_be_equal()
    {
        Guard guard = MatchGuard.From(
            new { Text = "a", MaybeInt = (int?)null, Genre = Genre.Crime, Byte = 3 },
            Samples.Table);

        Assert.Equal(
            "Text == \"a\" && MaybeInt == null && Genre == Crime && Byte == 3", guard.ToString());
        Assert.True(Samples.Holds(
            guard, new Sample { Text = "a", Genre = Genre.Crime, Byte = 3 }));
    }

    [Fact]
    public void An_object_without_properties_matches_everything()
        => Assert.Same(Guard.True, MatchGuard.From(new { }, Samples.Table));

    [Fact]
    public void An_unknown_property_is_refused()
        => Assert.StartsWith(
            "Table 'Sample' has no property 'Colour'; it has ",
            Assert.Throws<ArgumentException>(
                () => MatchGuard.From(new { Colour = 1 }, Samples.Table)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_value_of_another_type_is_refused()
        => Assert.Equal(
            "Table 'Sample': property 'Int' of 'int' cannot be compared with a value of 'string'. "
            + "Give a value of the property's type.",
            Assert.Throws<ArgumentException>(
                () => MatchGuard.From(new { Int = "1" }, Samples.Table)).Message);

    [Fact]
    public void Null_instead_of_an_object_is_refused()
        => Assert.Throws<ArgumentNullException>(() => MatchGuard.From(null!, Samples.Table));
}
