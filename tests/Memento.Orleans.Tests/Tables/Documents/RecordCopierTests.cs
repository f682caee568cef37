using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Memento.Tables;
using Memento.Tables.Documents;

namespace Memento.Tests.Tables.Documents;

public sealed class RecordCopierTests
{
    [Theory]
    [InlineData(typeof(Movie))]
    [InlineData(typeof(OpenRecord))]
    [InlineData(typeof(Nested))]
    [InlineData(typeof(Chain))]
    [InlineData(typeof(Derived))]
    public void What_cannot_change_is_shared(Type type)
        => Assert.Equal(CopyMode.Share, Immutability.CopyModeOf(type));

    [Theory]
    [InlineData(typeof(Settable))]
    [InlineData(typeof(DerivedOfSettable))]
    public void What_can_be_set_but_holds_nothing_that_changes_is_copied_flat(Type type)
        => Assert.Equal(CopyMode.Shallow, Immutability.CopyModeOf(type));

    [Theory]
    [InlineData(typeof(Of<int[]>))]
    [InlineData(typeof(Of<byte[]>))]
    [InlineData(typeof(Of<List<string>>))]
    [InlineData(typeof(Of<Dictionary<string, int>>))]
    [InlineData(typeof(Of<IReadOnlyList<int>>))]
    [InlineData(typeof(Of<object>))]
    [InlineData(typeof(Of<Action>))]
    [InlineData(typeof(Of<Settable>))]
    [InlineData(typeof(Of<OpenRecord>))]
    [InlineData(typeof(Of<ImmutableArray<int[]>>))]
    [InlineData(typeof(Of<ImmutableHashSet<string>>))]
    [InlineData(typeof(Of<Holder?>))]
    [InlineData(typeof(Of<nint>))]
    [InlineData(typeof(SettableChain))]
    [InlineData(typeof(OpenChain))]
    [InlineData(typeof(Screening))]
    public void What_holds_what_can_change_is_copied_whole(Type type)
        => Assert.Equal(CopyMode.Deep, Immutability.CopyModeOf(type));

    [Theory]
    [InlineData(typeof(Of<string>))]
    [InlineData(typeof(Of<DateTimeOffset?>))]
    [InlineData(typeof(Of<DayOfWeek>))]
    [InlineData(typeof(Of<ImmutableArray<decimal>>))]
    [InlineData(typeof(Of<ImmutableList<Movie>>))]
    [InlineData(typeof(Of<Uri>))]
    public void A_record_of_what_cannot_change_is_shared(Type type)
        => Assert.Equal(CopyMode.Share, Immutability.CopyModeOf(type));

    [Fact]
    public void A_shared_record_is_itself()
    {
        var movie = new Movie { Id = 1, Title = "Rush" };
        RecordCopier<Movie> copier = CopierOf<Movie>();

        Assert.Same(movie, copier.Copy(movie));
        Assert.NotSame(movie, copier.CopyToChange(movie));
        Assert.Equal(movie, copier.CopyToChange(movie));
    }

    [Fact]
    public void Setting_a_property_leaves_the_copy_as_it_was()
    {
        var record = new Settable { Id = 1, Name = "before" };

        Settable copy = CopierOf<Settable>().Copy(record);
        record.Name = "after";

        Assert.Equal(1, copy.Id);
        Assert.Equal("before", copy.Name);
    }

    [Fact]
    public void Adding_to_a_list_leaves_the_copy_as_it_was()
    {
        var record = new Screening { Cinema = "Rex", Guests = { "Ann" } };

        Screening copy = CopierOf<Screening>().Copy(record);
        record.Guests.Add("Bob");
        copy.Guests.Add("Cid");

        Assert.Equal(["Ann", "Bob"], record.Guests);
        Assert.Equal(["Ann", "Cid"], copy.Guests);
    }

    [Fact]
    public void Writing_into_an_array_leaves_the_copy_as_it_was()
    {
        var record = new Of<byte[]>(1, [1, 2]);

        Of<byte[]> copy = CopierOf<Of<byte[]>>().Copy(record);
        record.Value[0] = 9;

        Assert.Equal([1, 2], copy.Value);
    }

    [Fact]
    public void What_is_not_stored_is_in_no_copy()
    {
        Assert.Equal(CopyMode.Deep, Immutability.CopyModeOf(typeof(WithCache)));

        WithCache copy = CopierOf<WithCache>().Copy(new WithCache { Id = 1, Cache = 5 });

        Assert.Equal(1, copy.Id);
        Assert.Null(copy.Cache);
    }

    [Theory]
    [InlineData(typeof(Of<Lean>))]
    [InlineData(typeof(Of<ImmutableArray<Lean>>))]
    [InlineData(typeof(Rounded))]
    [InlineData(typeof(Shouting))]
    public void What_another_would_see_otherwise_goes_through_its_document_once(Type type)
    {
        Assert.Equal(CopyMode.Deep, Immutability.CopyModeOf(type));
        Assert.NotEqual(CopyMode.Deep, Immutability.StoredCopyModeOf(type));
    }

    [Fact]
    public void What_is_not_stored_is_in_no_record_that_the_store_gives_out()
    {
        RecordCopier<WithCache> copier = CopierOf<WithCache>();
        WithCache stored = copier.Copy(new WithCache { Id = 1, Cache = 5 });

        WithCache given = copier.CopyStored(stored);
        given.Cache = 7;

        Assert.Null(copier.CopyStored(stored).Cache);
    }

    [Fact]
    public void A_copy_is_of_the_type_of_the_record()
    {
        RecordCopier<Figure> copier = CopierOf<Figure>();
        var disc = new Disc(1, 2);
        var path = new Path(1, [1, 2]);

        Assert.Equal(CopyMode.Deep, copier.Mode);
        Assert.Same(disc, copier.Copy(disc));
        Assert.Equal(disc, copier.CopyToChange(disc));
        Assert.NotSame(path, copier.Copy(path));
        Assert.Equal([1, 2], Assert.IsType<Path>(copier.Copy(path)).Points);
    }

    private static RecordCopier<T> CopierOf<T>()
        where T : class
        => new(new DocumentSerializer<T>("table"));

    internal sealed record Of<T>(int Id, T Value);

    internal record OpenRecord(int Id, string Name);

    internal sealed record Derived(int Id, string Name, int Age) : OpenRecord(Id, Name);

    internal sealed record Nested(int Id, Movie Movie, Point At, ImmutableArray<Point> Path);

    internal sealed record Chain(int Id, Chain? Next);

    internal sealed class SettableChain
    {
        public int Id { get; set; }

        public SettableChain? Next { get; set; }
    }

    internal record OpenChain(int Id, OpenChain? Next);

    internal struct Point
    {
        public int X { get; set; }

        public int Y { get; set; }
    }

    internal readonly record struct Holder(int[] Items);

    internal class Settable
    {
        public int Id { get; set; }

        public string? Name { get; set; }
    }

    internal sealed class DerivedOfSettable : Settable
    {
        public Guid Tag { get; init; }
    }

    internal sealed class WithCache
    {
        public int Id { get; set; }

        [JsonIgnore]
        public int? Cache { get; set; }
    }

    internal sealed record Lean(int Size)
    {
        [JsonIgnore]
        public int Cache { get; init; }
    }

    internal sealed record Rounded(
        int Id, [property: JsonConverter(typeof(WithRounding.Rounding))] decimal Amount);

    internal sealed record Shouting(int Id, string Name)
    {
        public string Name { get; init; } = Name.ToUpperInvariant();
    }

    [JsonDerivedType(typeof(Disc), 1)]
    [JsonDerivedType(typeof(Path), 2)]
    internal record Figure(int Id);

    internal sealed record Disc(int Id, int Radius) : Figure(Id);

    internal sealed record Path(int Id, int[] Points) : Figure(Id);
}
