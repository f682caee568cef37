using System.Text.Json;
using System.Text.Json.Serialization;
using Memento.Tables.Documents;

namespace Memento.Tests.Tables.Documents;

/// <summary>Old documents, read by a record type that has changed since.</summary>
public sealed class ChangedTypeTests
{
    private static readonly DateTime Noon = new(2020, 5, 4, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_value_is_read_by_a_wider_type()
    {
        AssertRead<sbyte, short>(-5, -5);
        AssertRead<byte, int>(200, 200);
        AssertRead<int, long>(int.MinValue, int.MinValue);
        AssertRead<uint, long>(uint.MaxValue, uint.MaxValue);
        AssertRead<long, Int128>(long.MaxValue, long.MaxValue);
        AssertRead<int, double>(7, 7);
        AssertRead<long, decimal>(long.MaxValue, long.MaxValue);
        AssertRead<float, double>(0.1f, 0.1);
        AssertRead<float, double>(float.NaN, double.NaN);
        AssertRead<decimal, double>(1.50m, 1.5);
        AssertRead<DateOnly, DateTime>(new DateOnly(2020, 5, 4), new DateTime(2020, 5, 4));
        AssertRead<DateTime, DateTimeOffset>(Noon, new DateTimeOffset(Noon));
        AssertRead<char, string>('x', "x");
        AssertRead<Guid, string>(Guid.Empty, "00000000-0000-0000-0000-000000000000");
        AssertRead<DateTime, string>(Noon, "2020-05-04T12:00:00Z");
        AssertRead<int[], List<long>>([1, 2], [1, 2]);
        AssertRead<List<string>, HashSet<string>>(["a"], ["a"]);
        AssertRead<Dictionary<string, int>, SortedDictionary<string, long>>(
            new() { ["a"] = 1 }, new() { ["a"] = 1 });
    }

    [Fact]
    public void A_value_is_read_by_a_type_that_may_be_null()
    {
        AssertRead<int, int?>(5, 5);
        AssertRead<int, double?>(5, 5);
        AssertRead<DayOfWeek, DayOfWeek?>(DayOfWeek.Friday, DayOfWeek.Friday);
        AssertRead<Guid, Guid?>(Guid.Empty, Guid.Empty);
    }

    [Fact]
    public void An_enum_is_read_as_text_and_text_and_numbers_as_an_enum()
    {
        AssertRead<DayOfWeek, string>(DayOfWeek.Friday, "Friday");
        AssertRead<string, DayOfWeek>("Friday", DayOfWeek.Friday);
        AssertRead<int, DayOfWeek>(5, DayOfWeek.Friday);
    }

    [Fact]
    public void A_narrower_type_reads_the_values_that_fit()
    {
        AssertRead<long, int>(5, 5);
        AssertRead<double, int>(5, 5);
        AssertRead<int?, int>(5, 5);
        AssertRead<double, float>(0.5, 0.5f);
        AssertNotRead<long, int>(long.MaxValue);
        AssertNotRead<double, int>(5.5);
        AssertNotRead<int, uint>(-1);
        AssertNotRead<int?, int>(null);
    }

    [Fact]
    public void Another_kind_of_value_is_not_read()
    {
        AssertNotRead<int, string>(5);
        AssertNotRead<bool, string>(true);
        AssertNotRead<bool, int>(true);
        AssertNotRead<string, int>("5");
        AssertNotRead<DayOfWeek, int>(DayOfWeek.Friday);
        AssertNotRead<DayOfWeek, string>((DayOfWeek)99);
        AssertNotRead<DateTime, DateOnly>(Noon);
        AssertNotRead<int, int[]>(5);
        AssertNotRead<string, Uri[]>("a");
    }

    [Fact]
    public void A_property_that_is_new_has_its_default_and_one_that_is_gone_is_left_out()
    {
        byte[] old = new DocumentSerializer<OldFilm>("Film").Serialize(
            new OldFilm { Id = 3, Titel = "Rush", Gone = "x" });

        NewFilm film = new DocumentSerializer<NewFilm>("Film").Deserialize(old);

        Assert.Equal(
            new NewFilm(Stars: 3) { Id = 3, Title = "Rush", Required = null!, Seats = 40 }, film);
    }

    [Fact]
    public void A_constructor_that_throws_does_not_read_the_document()
        => Assert.Throws<ArgumentNullException>(
            () => new DocumentSerializer<Picky>("Picky").Deserialize("""{"Id":1}"""u8));

    private static void AssertRead<TOld, TNew>(TOld old, TNew expected)
        => Assert.Equal(expected, Read<TOld, TNew>(old));

    private static void AssertNotRead<TOld, TNew>(TOld old)
    {
        var error = Assert.Throws<JsonException>(() => Read<TOld, TNew>(old));
        Assert.StartsWith("$.Value", error.Path, StringComparison.Ordinal);
    }

    private static TNew Read<TOld, TNew>(TOld old)
        => new DocumentSerializer<Holder<TNew>>("Holder").Deserialize(
            new DocumentSerializer<Holder<TOld>>("Holder").Serialize(
                new Holder<TOld> { Value = old })).Value;

    private sealed record Holder<T>
    {
        public required T Value { get; init; }
    }

    private sealed record OldFilm
    {
        public long Id { get; init; }

        public string? Titel { get; init; }

        public string? Gone { get; init; }
    }

    // What the type says of unknown and missing properties is not for documents that it wrote.
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    private sealed record NewFilm(int Stars = 3)
    {
        public long Id { get; init; }

        [JsonPropertyName("Titel")]
        public string? Title { get; init; }

        public required string Required { get; init; }

        public int Seats { get; init; } = 40;
    }

    private sealed class Picky
    {
        public Picky(int id, string name)
        {
            ArgumentNullException.ThrowIfNull(name);
            Id = id;
            Name = name;
        }

        public int Id { get; }

        public string Name { get; }
    }
}
