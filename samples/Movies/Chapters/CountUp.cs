using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>Auto-increment: the store gives the keys.</summary>
internal sealed class CountUp : IChapter
{
    private const string Director = "You, the reader";
    private static readonly Movie First = new() { Title = "My first film", Director = Director };
    private static readonly Movie Second = new() { Title = "My second film", Director = Director };

    public string Title => "Auto-increment";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        await DeleteOursAsync(memento, cancellationToken);
        narrator.Code("""
            Movie movie = await tx.WriteAsync(new Movie { Title = "My first film", … });
            """);
        (Movie[] movies, TimeSpan elapsed) = await Timing.MeasureAsync(
            () => memento.TransactionAsync(
                async tx => new[] { await tx.WriteAsync(First), await tx.WriteAsync(Second) },
                cancellationToken: cancellationToken));
        narrator.Took("2 films, durable on disk,", elapsed);
        narrator.Show(MovieTable.Of(movies));

        int deleted = await DeleteOursAsync(memento, cancellationToken);
        narrator.Say($"{deleted} films deleted again. A number is never given twice: in the next "
            + "walk they will be higher.");
    }

    private static Task<int> DeleteOursAsync(IMemento memento, CancellationToken cancellationToken)
        => memento.TransactionAsync(
            async tx =>
            {
                IReadOnlyList<Movie> ours = await tx.MatchAsync<Movie>(new { Director });
                foreach (Movie movie in ours) await tx.DeleteAsync<Movie>(movie.Id);
                return ours.Count;
            },
            cancellationToken: cancellationToken);
}
