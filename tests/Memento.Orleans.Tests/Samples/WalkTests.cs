using Memento.Tests.Documentation;
using Movies;
using Movies.Input;
using Movies.Tables;
using Spectre.Console;

namespace Memento.Tests.Samples;

public sealed class WalkTests : IDisposable
{
    private static readonly string OwnData =
        Path.Combine(AppContext.BaseDirectory, "data", "movies.json");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_walk_finds_the_data_and_leaves_the_same_store()
    {
        string first;
        List<string> afterFirst;
        await using (MementoHost host = await StartAsync())
        {
            first = await WalkAsync(host.Memento, OwnData);
            afterFirst = await ContentAsync(host.Memento);
        }

        await using MementoHost again = await StartAsync();
        string second = await WalkAsync(again.Memento, OwnData);

        Assert.Contains("Loaded 3,201 films", first);
        Assert.Contains("The data is there: 3,201 films of movies.json", second);
        Assert.DoesNotContain("Loaded", second);
        Assert.Equal(3201 + 2 + 1 + 1 + 1, afterFirst.Count);
        Assert.Equal(afterFirst, await ContentAsync(again.Memento));
    }

    [Fact]
    public async Task The_walk_shows_what_the_store_does()
    {
        await using MementoHost host = await StartAsync();

        string text = await WalkAsync(host.Memento, OwnData);

        Assert.Contains("1 without a title, 1,331 without a director", Flatten(text));
        Assert.Contains("6 films in", text);
        Assert.Contains("3 films in", text);
        Assert.Contains("✓ Ada: committed", text);
        Assert.Contains("! Grace: aborted", text);
        Assert.Contains("no copy is left", text);
        Assert.Contains("film 1: Ada for 3.50", text);
        Assert.DoesNotContain("film 1: Grace", text);
        Assert.Contains("Royale with cheese.", text);
        Assert.DoesNotContain("I could not decide.", text);
        Assert.Contains("3202 │ My first film", text);
        Assert.DoesNotContain('\u001b', text);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task The_walk_shows_ranges_pages_and_explanations()
    {
        await using MementoHost host = await StartAsync();

        string text = await WalkAsync(host.Memento, OwnData);

        AssertInOrder(
            text,
            "A range of an index",
            "341 │ Forrest Gump",
            "809 │ Se7en",
            "Pages:",
            "3188 │ Youth in Revolt",
            "3172 │ Extraordinary Measures",
            "… .ToPageAsync(4, after: page.Next);",
            "3149 │ The Wolf Man",
            "3089 │ Valentine's Day",
            "Explain:",
            "way     index Year, 1 range: Year >= 1994 && Year <= 1996",
            "filter  Rating >= 8.5",
            "order   Year, from index Year",
            "locks   16 ranges of index Year",
            "read    224 records",
            "found   6 results",
            "way     index Director_Year, 1 value: Director == \"Steven Spielberg\"",
            "order   Year descending, from index Director_Year",
            "found   3 results",
            "way     every record",
            "locks   the table, against writers",
            "read    3201 records",
            "A query that is refused",
            "! The query cannot evaluate 'm.Title.Trim()'. Store the text in the form that");
    }

    [Fact]
    public async Task The_explanation_on_the_page_on_queries_is_what_the_walk_prints()
    {
        string[] page = Repository.ReadLines("docs/queries.md");
        int start = Array.IndexOf(page, "```text") + 1;
        string[] shown = page[start..Array.IndexOf(page, "```", start)];
        await using MementoHost host = await StartAsync();

        string text = await WalkAsync(host.Memento, OwnData);

        Assert.Contains(string.Join('\n', shown.Select(static line => $"  {line}")), text);
    }

    [Fact]
    public async Task A_database_from_before_an_index_opens_and_answers_by_it()
    {
        await using (MementoHost before = await MementoHost.StartAsync(memento => memento
            .UseSqlite($"Data Source={_folder.File("movies.db")}")
            .AddTable<EarlierMovie>()))
        {
            await before.Memento.TransactionAsync(async tx =>
            {
                await tx.WriteAsync(
                    new EarlierMovie { Title = "Heat", Director = "Mann", Year = 1995 });
                await tx.WriteAsync(
                    new EarlierMovie { Title = "Ali", Director = "Mann", Year = 2001 });
            });
        }

        await using MementoHost host = await StartAsync();

        await host.Memento.TransactionAsync(async tx =>
        {
            IQuery<Movie> newest = tx.Query<Movie>()
                .Where(movie => movie.Director == "Mann")
                .OrderByDescending(movie => movie.Year);
            Assert.Equal("Director_Year", (await newest.ExplainAsync()).Index);
            Assert.Equal(
                ["Ali", "Heat"], await newest.Select(static movie => movie.Title).ToListAsync());
        });
    }

    [Fact]
    public async Task A_file_that_breaks_off_keeps_its_films_and_once_mended_adds_the_rest()
    {
        await using MementoHost host = await StartAsync();
        string[] lines = [.. Enumerable.Range(1, 250).Select(Line)];
        string broken = _folder.Write(
            "movies.json", "[\n" + string.Join(",\n", lines[..230]) + ",\n{\"Title\": \"Film");

        var failure = await Assert.ThrowsAsync<MovieFileException>(
            () => WalkAsync(host.Memento, broken));

        Assert.Contains("movies.json is not JSON at line 232, position", failure.Message);
        Assert.EndsWith(
            "The films before it are kept (230). Mend the file and run this again: it adds what is "
            + "missing.",
            failure.Message);
        Assert.Equal(230, await CountAsync(host.Memento));

        string mended = _folder.Write("movies.json", "[\n" + string.Join(",\n", lines) + "\n]");
        string text = await WalkAsync(host.Memento, mended);
        Assert.Contains("Loaded 20 films", text);
        Assert.Contains("230 were there already.", text);
        Assert.Equal(250, await CountAsync(host.Memento));
    }

    [Fact]
    public async Task Records_that_are_no_films_are_reported_and_the_others_loaded()
    {
        await using MementoHost host = await StartAsync();
        string path = _folder.Write(
            "movies.json", $"[\n{Line(1)},\n{{\"Title\": {{}}}},\n{Line(2)},\n{Line(2)}\n]");

        string text = await WalkAsync(host.Memento, path);

        Assert.Contains("Loaded 2 films", text);
        Assert.Contains("! 1 of 4 records are no films, left out:", text);
        Assert.Contains("record 2, line 3: its \"Title\" is an object and not text", text);
    }

    private static void AssertInOrder(string text, params string[] parts)
    {
        int place = 0;
        foreach (string part in parts)
        {
            int found = text.IndexOf(part, place, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{part}' is not behind character {place} of:\n{text}");
            place = found + part.Length;
        }
    }

    // Where a sentence is wrapped depends on the width of the console.
    private static string Flatten(string text)
        => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Line(int number)
        => $$"""{"Title": "Film {{number}}", "Release Date": "Jun 12 1998"}""";

    private Task<MementoHost> StartAsync()
        => MementoHost.StartAsync(memento => memento
            .UseSqlite($"Data Source={_folder.File("movies.db")}")
            .AddTables(typeof(Movie).Assembly));

    private static async Task<string> WalkAsync(IMemento memento, string dataPath)
    {
        using var writer = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 80;
        console.Profile.Capabilities.Unicode = true;
        await new Walk(console, TimeProvider.System)
            .RunAsync(memento, dataPath, CancellationToken.None);
        return writer.ToString();
    }

    private static Task<long> CountAsync(IMemento memento)
        => memento.TransactionAsync(async tx => await tx.CountAsync<Movie>());

    private static Task<List<string>> ContentAsync(IMemento memento)
        => memento.TransactionAsync(async tx =>
        {
            List<string> records = [];
            records.AddRange((await tx.AllAsync<Movie>()).Select(static each => each.ToString()));
            records.AddRange((await tx.AllAsync<Review>()).Select(static each => each.ToString()));
            records.AddRange((await tx.AllAsync<Rental>()).Select(static each => each.ToString()));
            records.AddRange((await tx.AllAsync<Shelf>()).Select(static each => each.ToString()));
            records.AddRange((await tx.AllAsync<Import>()).Select(static each => each.ToString()));
            return records;
        });

    /// <summary>The sample's table as it was before it had an index on two properties.</summary>
    [Table(
        Name = "Movie",
        Type = TableType.OrderedSet,
        AutoIncrement = true,
        Storage = TableStorage.Disk)]
    public sealed record EarlierMovie
    {
        [PrimaryKey]
        public long Id { get; init; }

        public string? Title { get; init; }

        [Index]
        public string? Director { get; init; }

        [Index]
        public int? Year { get; init; }
    }
}
