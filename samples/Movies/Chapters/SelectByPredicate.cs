using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>Selects films with a predicate in C#.</summary>
internal sealed class SelectByPredicate : IChapter
{
    private const string Director = "Quentin Tarantino";
    private const int Year = 2000;

    public string Title => "Select: Tarantino before 2000";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Code($"""
            await tx.SelectAsync<Movie>(
                m => m.Director == "{Director}" && m.Year < {Year});
            """);
        IReadOnlyList<Movie> movies = await narrator.ReadAsync(
            () => memento.TransactionAsync(
                async tx => await tx.SelectAsync<Movie>(
                    movie => movie.Director == Director && movie.Year < Year),
                cancellationToken: cancellationToken),
            "films");
        narrator.Show(MovieTable.Of(movies));

        narrator.Say("The same, put together at run time:");
        narrator.Code($"""
            await tx.SelectAsync<Movie>(Guard.And(
                Guard.Equal("Director", "{Director}"), Guard.LessThan("Year", {Year})));
            """);
        Guard guard = Guard.And(Guard.Equal("Director", Director), Guard.LessThan("Year", Year));
        await narrator.ReadAsync(
            () => memento.TransactionAsync(
                async tx => await tx.SelectAsync<Movie>(guard),
                cancellationToken: cancellationToken),
            "films");
    }
}
