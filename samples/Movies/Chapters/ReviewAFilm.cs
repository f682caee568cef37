using System.Globalization;
using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>A bag: one key, many records.</summary>
internal sealed class ReviewAFilm : IChapter
{
    private const string FilmTitle = "Pulp Fiction";

    public string Title => "A bag: many reviews by one film's key";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        long movieId = await memento.TransactionAsync(
            async tx => (await tx.MatchAsync<Movie>(new { Title = FilmTitle }))
                .Select(static movie => movie.Id).FirstOrDefault(1),
            cancellationToken: cancellationToken);
        Review[] reviews =
        [
            Review(movieId, "Ada", 5, "Royale with cheese."),
            Review(movieId, "Grace", 4, "Out of order, and good."),
            Review(movieId, "Alan", 2, "I could not decide."),
        ];

        narrator.Code("""
            foreach (Review review in reviews) await tx.WriteAsync(review);
            await tx.DeleteRecordAsync(reviews[2]);      // this one, not the others
            await tx.ReadAllAsync<Review>(movieId);
            """);
        IReadOnlyList<Review> kept = await memento.TransactionAsync(
            async tx =>
            {
                // Emptied first, so that a second walk leaves the same records as the first.
                await tx.DeleteAsync<Review>(movieId);
                foreach (Review review in reviews) await tx.WriteAsync(review);
                await tx.DeleteRecordAsync(reviews[2]);
                return await tx.ReadAllAsync<Review>(movieId);
            },
            cancellationToken: cancellationToken);

        narrator.Say($"Three were written and Alan's was taken back, so film {movieId} has:");
        Show(narrator, kept);

        narrator.Say("A bag has indexes too:");
        narrator.Code("""await tx.MatchAsync<Review>(new { Author = "Ada" });""");
        await narrator.ReadAsync(
            () => memento.TransactionAsync(
                async tx => await tx.MatchAsync<Review>(new { Author = "Ada" }),
                cancellationToken: cancellationToken),
            "review");
    }

    private static Review Review(long movieId, string author, int stars, string text)
        => new() { MovieId = movieId, Author = author, Stars = stars, Text = text };

    private static void Show(Narrator narrator, IReadOnlyList<Review> reviews)
    {
        var table = MovieTable.New("Film", "Author", "Stars", "Text");
        MovieTable.AlignRight(table, 0);
        foreach (Review review in reviews)
        {
            MovieTable.AddRow(
                table,
                review.MovieId.ToString(CultureInfo.InvariantCulture),
                review.Author,
                new string('★', review.Stars),
                review.Text);
        }

        narrator.Show(table);
    }
}
