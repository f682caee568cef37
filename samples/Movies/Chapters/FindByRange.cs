using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>Finds films by a range of an index, in the order of the index.</summary>
internal sealed class FindByRange : IChapter
{
    public string Title => "A range of an index: the best of 1994 to 1996";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Code("""
            await tx.Query<Movie>()
                .Where(m => m.Year >= 1994 && m.Year <= 1996 && m.Rating >= 8.5m)
                .OrderBy(m => m.Year)
                .ToListAsync();
            """);
        IReadOnlyList<Movie> movies = await narrator.ReadAsync(
            () => memento.TransactionAsync(
                async tx => await tx.Query<Movie>()
                    .Where(m => m.Year >= 1994 && m.Year <= 1996 && m.Rating >= 8.5m)
                    .OrderBy(m => m.Year)
                    .ToListAsync(cancellationToken),
                cancellationToken: cancellationToken),
            "films");
        narrator.Show(MovieTable.Of(movies));
    }
}
