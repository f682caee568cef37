using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>Reads records by key, in a transaction and as a grain.</summary>
internal sealed class ReadByKey : IChapter
{
    private const long KeyOfNoFilm = 1_000_000;

    public string Title => "Read by key";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Code("Movie? movie = await tx.ReadAsync<Movie>(1);");
        IReadOnlyList<Movie> movies = await narrator.ReadAsync(
            () => memento.TransactionAsync<IReadOnlyList<Movie>>(
                async tx => await tx.ReadAsync<Movie>(1) is { } movie ? [movie] : [],
                cancellationToken: cancellationToken),
            "film");
        narrator.Show(MovieTable.Of(movies));

        Movie? missing = await memento.TransactionAsync(
            async tx => await tx.ReadAsync<Movie>(KeyOfNoFilm),
            cancellationToken: cancellationToken);
        narrator.Say($"A key without a record reads as null: film {KeyOfNoFilm} is "
            + $"{(missing is null ? "null" : "there")}.");

        narrator.Say("Every record is an Orleans grain as well, for code that speaks grains:");
        narrator.Code("Movie? movie = await memento.GetRecord<Movie>(1).ReadAsync();");
        (Movie? record, TimeSpan elapsed) = await Timing.MeasureAsync(
            () => memento.GetRecord<Movie>(1).ReadAsync());
        narrator.Took($"\"{record?.Title}\"", elapsed);
    }
}
