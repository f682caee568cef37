using System.Text;
using Movies.Input;
using Movies.Tables;

namespace Memento.Tests.Samples;

public sealed class MovieFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_sample_file_has_3201_films_and_none_is_left_out()
    {
        MovieFile file = await MovieFile.OpenAsync(OwnData, CancellationToken.None);

        List<Movie> movies = ReadAll(file);

        Assert.Equal(3201, movies.Count);
        Assert.Empty(file.Skipped);
        Assert.Single(movies, movie => movie.Title is null);
        Assert.Contains(movies, movie => movie is { Title: "1941", Director: "Steven Spielberg" });
        Assert.Equal(1331, movies.Count(movie => movie.Director is null));
        Assert.Contains(movies, movie => movie.Year == 2046);
        Assert.Equal(
            new DateOnly(1998, 6, 12),
            movies.Single(movie => movie.Title == "The Land Girls").Released);
    }

    [Theory]
    [InlineData("17", "it is 17 and not an object")]
    [InlineData("null", "it is null and not an object")]
    [InlineData("{}", "it has no \"Title\"")]
    [InlineData("""{"Title": ["x"]}""", "its \"Title\" is a list and not text")]
    [InlineData("""{"Title": "x", "Director": 5}""", "its \"Director\" is 5 and not text")]
    [InlineData(
        """{"Title": "x", "Release Date": "12.6.98"}""",
        "its \"Release Date\" is \"12.6.98\" and not a date such as \"Jun 12 1998\"")]
    [InlineData(
        """{"Title": "x", "IMDB Votes": 3000000000}""",
        "its \"IMDB Votes\" is 3000000000 and not a number that fits")]
    [InlineData("""{"Title": "\ud800"}""", "its \"Title\" is not valid Unicode text")]
    public async Task A_record_that_is_no_film_is_skipped_with_its_number_line_and_reason(
        string record, string reason)
    {
        MovieFile file = await OpenAsync(
            "[\n{\"Title\": \"before\"},\n" + record + ",\n{\"Title\": \"after\"}\n]\n");

        List<Movie> movies = ReadAll(file);

        Assert.Equal(["before", "after"], movies.Select(movie => movie.Title));
        Assert.Equal([new SkippedRecord(2, 3, reason)], file.Skipped);
        Assert.Equal(3, file.RecordCount);
    }

    [Fact]
    public async Task A_record_over_several_lines_is_named_by_its_first()
    {
        MovieFile file = await OpenAsync("[{\n\"Title\": \"x\"\n},\n\n{\n\"Titel\": \"y\"\n}]");

        Assert.Single(ReadAll(file));
        Assert.Equal(5, Assert.Single(file.Skipped).Line);
    }

    [Theory]
    [InlineData("[\n{\"Title\": \"a\"},\n{\"Title\": \"b\",\n{\"Title\": \"c\"}]", 4, 1, 2)]
    [InlineData("[\n{\"Title\": \"a\"}\n{\"Title\": \"b\"}]", 3, 1, 2)]
    [InlineData("[\n{\"Title\": \"a\"},\n{\"Title\": nope}]", 3, 12, 2)]
    [InlineData("[\n{\"Title\": \"a\"},", 2, 15, 2)]
    [InlineData("[{\"Title\": \"a\"}]\n]", 2, 1, 2)]
    public async Task What_is_not_JSON_is_named_by_line_and_position_after_the_films_before_it(
        string json, int line, int position, int record)
    {
        MovieFile file = await OpenAsync(json);
        Assert.Equal("a", file.ReadNext()!.Title);

        var failure = Assert.Throws<MovieFileException>(file.ReadNext);

        Assert.StartsWith(
            $"movies.json is not JSON at line {line}, position {position} (record {record}): ",
            failure.Message);
        Assert.DoesNotContain("LineNumber", failure.Message);
    }

    [Fact]
    public async Task An_empty_file_is_not_JSON()
    {
        MovieFile file = await OpenAsync("");

        var failure = Assert.Throws<MovieFileException>(file.ReadNext);

        Assert.StartsWith("movies.json is not JSON at line 1, position 1", failure.Message);
    }

    [Fact]
    public async Task A_file_that_is_no_list_says_so()
    {
        MovieFile file = await OpenAsync("{\"Title\": \"a\"}");

        var failure = Assert.Throws<MovieFileException>(file.ReadNext);

        Assert.Equal(
            "movies.json is not a list of films: it does not start with '['. Name another file "
            + "with --data.",
            failure.Message);
    }

    [Fact]
    public async Task A_file_may_start_with_a_byte_order_mark()
    {
        string path = _folder.File("movies.json");
        await File.WriteAllTextAsync(
            path, "[{\"Title\": \"a\"}]", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        MovieFile file = await MovieFile.OpenAsync(path, CancellationToken.None);

        Assert.Equal("a", Assert.Single(ReadAll(file)).Title);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_named()
    {
        string path = _folder.File("none.json");

        var failure = await Assert.ThrowsAsync<MovieFileException>(
            () => MovieFile.OpenAsync(path, CancellationToken.None));

        Assert.Contains(path, failure.Message);
        Assert.EndsWith("Name another file with --data.", failure.Message);
    }

    private static string OwnData => Path.Combine(AppContext.BaseDirectory, "data", "movies.json");

    private static List<Movie> ReadAll(MovieFile file)
    {
        List<Movie> movies = [];
        while (file.ReadNext() is { } movie) movies.Add(movie);
        return movies;
    }

    private Task<MovieFile> OpenAsync(string json)
        => MovieFile.OpenAsync(_folder.Write("movies.json", json), CancellationToken.None);
}
