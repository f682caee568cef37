using System.Text.Json.Serialization;
using Memento.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;

namespace Memento.Tests.Tables.Documents;

public sealed class RecordCodecTests : IDisposable
{
    private static readonly Movie Rush = new() { Id = 1, Title = "Rush", Year = 2013 };

    private readonly ServiceProvider _services = Services(Tables);
    private readonly Serializer _serializer;
    private readonly DeepCopier _copier;

    public RecordCodecTests()
    {
        _serializer = _services.GetRequiredService<Serializer>();
        _copier = _services.GetRequiredService<DeepCopier>();
    }

    private static TableRegistry Tables => new(
    [
        TableDefinitionReader.Read(typeof(Movie)),
        TableDefinitionReader.Read(typeof(Screening)),
        TableDefinitionReader.Read(typeof(Annotated)),
        TableDefinitionReader.Read(typeof(Plant)),
    ]);

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_record_without_attributes_comes_back() => Assert.Equal(Rush, RoundTrip(Rush));

    [Fact]
    public void Null_comes_back() => Assert.Null(RoundTrip<Movie?>(null));

    [Fact]
    public void A_record_in_an_object_comes_back_as_what_it_is()
    {
        Assert.Equal(Rush, RoundTrip<object>(Rush));
        Assert.Equal(Rush, RoundTrip(new Envelope { Content = Rush, Movie = null }).Content);
    }

    [Fact]
    public void Arrays_and_lists_of_records_come_back()
    {
        Movie?[] movies = [Rush, null, Rush with { Id = 2 }];
        Assert.Equal(movies, RoundTrip(movies));
        Assert.Equal(movies, RoundTrip(movies.ToList()));
        Assert.Equal(movies, RoundTrip<IReadOnlyList<Movie?>>(movies));
    }

    [Fact]
    public void A_list_of_objects_keeps_the_type_of_each()
    {
        var screening = new Screening { Cinema = "Rex", Guests = { "Ann" } };
        List<object?> back = RoundTrip<List<object?>>([Rush, 5, null, "x", screening]);

        Assert.Equal(Rush, back[0]);
        Assert.Equal([5, null, "x"], back[1..4]);
        Assert.Equal(["Ann"], Assert.IsType<Screening>(back[4]).Guests);
    }

    [Fact]
    public void A_record_that_is_twice_in_a_message_comes_back_as_one()
    {
        Envelope back = RoundTrip(new Envelope { Content = Rush, Movie = Rush });

        Assert.NotNull(back.Movie);
        Assert.Same(back.Content, back.Movie);
        Envelope copy = _copier.Copy(new Envelope { Content = Rush, Movie = Rush });
        Assert.Same(copy.Content, copy.Movie);
    }

    [Fact]
    public void A_record_longer_than_a_buffer_comes_back()
    {
        Movie movie = Rush with { Title = new string('é', 300_000) };

        Assert.Equal(movie, RoundTrip(movie));
        Assert.Equal([movie, Rush], RoundTrip<List<object>>([movie, Rush]));
    }

    [Fact]
    public void A_record_of_a_derived_type_comes_back_as_what_it_is()
    {
        var tree = new Tree(1, "oak", 300);

        Assert.Equal(tree, RoundTrip<Plant>(tree));
        Assert.Equal(tree, RoundTrip<object>(tree));
        Assert.Equal(
            [tree, new Plant(2, "moss")], RoundTrip<Plant[]>([tree, new Plant(2, "moss")]));
        Assert.Equal(tree, _copier.Copy<Plant>(tree));
        Plant[] same = RoundTrip<Plant[]>([tree, tree]);
        Assert.Same(same[0], same[1]);
    }

    [Fact]
    public void A_record_of_a_derived_type_that_is_not_named_is_not_cut_to_its_base_type()
    {
        var weed = new Weed(1, "ivy", 5);

        Assert.Throws<ArgumentException>(() => RoundTrip<Plant>(weed));
        Assert.Equal(weed, _copier.Copy<Plant>(weed));
    }

    [Fact]
    public void A_copy_of_what_can_change_is_another()
    {
        var screening = new Screening { Cinema = "Rex", Guests = { "Ann" } };

        Screening copy = _copier.Copy(screening);
        var copyOfObject = (Screening)_copier.Copy<object>(screening);
        screening.Guests.Add("Bob");

        Assert.Equal(["Ann"], copy.Guests);
        Assert.Equal(["Ann"], copyOfObject.Guests);
    }

    [Fact]
    public void A_copy_of_what_cannot_change_is_the_same()
    {
        Assert.Same(Rush, _copier.Copy(Rush));
        Assert.Same(Rush, _copier.Copy<object>(Rush));
        Assert.Null(_copier.Copy<Movie?>(null));
        Assert.Same(Rush, _copier.Copy(new List<Movie> { Rush })[0]);
    }

    [Fact]
    public void A_copy_of_a_list_copies_its_records()
    {
        var screening = new Screening { Cinema = "Rex", Guests = { "Ann" } };

        List<Screening> copy = _copier.Copy(new List<Screening> { screening, screening });
        screening.Guests.Add("Bob");

        Assert.Equal(["Ann"], copy[0].Guests);
        Assert.Same(copy[0], copy[1]);
    }

    [Fact]
    public void A_type_with_its_own_serializer_keeps_it()
    {
        var codecs = _services.GetRequiredService<ICodecProvider>();

        Assert.IsNotType<RecordFieldCodec<Annotated>>(codecs.GetCodec<Annotated>());
        Assert.IsType<RecordFieldCodec<Movie>>(codecs.GetCodec<Movie>());
        Assert.Equal(new Annotated(1, "x"), RoundTrip(new Annotated(1, "x")));
        Assert.Equal(new Annotated(1, "x"), RoundTrip<object>(new Annotated(1, "x")));
    }

    [Fact]
    public void A_type_that_is_not_registered_is_not_ours()
        => Assert.Throws<CodecNotFoundException>(() => RoundTrip(new Unregistered("x")));

    [Fact]
    public void A_process_that_has_not_registered_a_type_refuses_it()
    {
        byte[] message = _serializer.SerializeToArray<object>(Rush);
        using ServiceProvider other = Services(new TableRegistry([]));

        Assert.ThrowsAny<Exception>(
            () => other.GetRequiredService<Serializer>().Deserialize<object>(message));
    }

    private static ServiceProvider Services(TableRegistry tables)
        => new ServiceCollection()
            .AddSerializer()
            .AddSingleton(tables)
            .AddMementoRecordSerializer()
            .AddMementoRecordSerializer()
            .BuildServiceProvider();

    private T RoundTrip<T>(T value)
        => _serializer.Deserialize<T>(_serializer.SerializeToArray(value))!;

    internal sealed record Unregistered(string Name);

    [JsonDerivedType(typeof(Tree), "tree")]
    internal record Plant(int Id, string Name);

    internal sealed record Tree(int Id, string Name, int Age) : Plant(Id, Name);

    internal sealed record Weed(int Id, string Name, int Age) : Plant(Id, Name);
}
