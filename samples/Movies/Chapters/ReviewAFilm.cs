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
            new() { MovieId = movieId, Author = "Ada", Stars = 5, Text = "Royale with cheese." },
            new() { MovieId = movieId, Author = "Grace", Stars = 4, Text = "Out of order, and fine." },
            new() { MovieId = movieId, Author = "Alan", Stars = 2, Text = "I could not decide." },
        ];

        narrator.Code("await tx.WriteAsync(new Review { MovieId = movieId, Author = \"Ada\", … });");
        narrator.Code("await tx.DeleteRecordAsync(reviews[2]);       // one record of the key, not all");
        narrator.Code("await tx.ReadAllAsync<Review>(movieId);");
        IReadOnlyList<Review> kept = await memento.TransactionAsync(
            async tx =>
            {
                // Emptied first, so that a second walk leaves what the first one left.
                await tx.DeleteAsync<Review>(movieId);
                foreach (Review review in reviews) await tx.WriteAsync(review);
                await tx.DeleteRecordAsync(reviews[2]);
                return await tx.ReadAllAsync<Review>(movieId);
            },
            cancellationToken: cancellationToken);

        narrator.Say($"Three were written and Alan's was taken back, so film {movieId} has:");
        Table(narrator, kept);
        IReadOnlyList<Review> byAda = await narrator.ReadAsync(
            () => memento.TransactionAsync(
                async tx => await tx.MatchAsync<Review>(new { Author = "Ada" }),
                cancellationToken: cancellationToken),
            "review by Ada, through an index of the bag,");
        _ = byAda;
    }

    private static void Table(Narrator narrator, IReadOnlyList<Review> reviews)
    {
        var table = MovieTable.New("Film", "Author", "Stars", "Text");
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
