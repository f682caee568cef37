using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>Finds films by a value of an indexed property.</summary>
internal sealed class FindByIndex : IChapter
{
    private const string Director = "Quentin Tarantino";

    public string Title => "Find by director, through the index";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Code($$"""await tx.MatchAsync<Movie>(new { Director = "{{Director}}" });""");
        IReadOnlyList<Movie> movies = await narrator.ReadAsync(
            () => memento.TransactionAsync(
                async tx => await tx.MatchAsync<Movie>(new { Director }),
                cancellationToken: cancellationToken),
            "films");
        narrator.Show(MovieTable.Of(movies));
    }
}
