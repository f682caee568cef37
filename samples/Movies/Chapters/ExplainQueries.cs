using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>Shows how queries are answered, and how much they read.</summary>
internal sealed class ExplainQueries : IChapter
{
    private const string Director = "Steven Spielberg";

    public string Title => "Explain: how a query is answered";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Say("The range of before, with ExplainAsync in the place of ToListAsync:");
        Show(narrator, await ExplainAsync(
            memento,
            tx => tx.Query<Movie>()
                .Where(m => m.Year >= 1994 && m.Year <= 1996 && m.Rating >= 8.5m)
                .OrderBy(m => m.Year),
            cancellationToken));

        narrator.Say("An index on director and year has a director's films by year. What the first "
            + "ones need is read, and nothing is sorted:");
        narrator.Code($"""
            await tx.Query<Movie>()
                .Where(m => m.Director == "{Director}")
                .OrderByDescending(m => m.Year)
                .Take(3)
                .ExplainAsync();
            """);
        Show(narrator, await ExplainAsync(
            memento,
            tx => tx.Query<Movie>()
                .Where(m => m.Director == Director)
                .OrderByDescending(m => m.Year)
                .Take(3),
            cancellationToken));

        narrator.Say("No index has the distributor:");
        narrator.Code("""
            await tx.Query<Movie>().Where(m => m.Distributor == "Miramax").ExplainAsync();
            """);
        Show(narrator, await ExplainAsync(
            memento,
            tx => tx.Query<Movie>().Where(m => m.Distributor == "Miramax"),
            cancellationToken));
    }

    private static Task<QueryExplanation> ExplainAsync(
        IMemento memento,
        Func<ITransaction, IQuery<Movie>> query,
        CancellationToken cancellationToken)
        => memento.TransactionAsync(
            async tx => await query(tx).ExplainAsync(cancellationToken),
            cancellationToken: cancellationToken);

    private static void Show(Narrator narrator, QueryExplanation explanation)
    {
        foreach (string line in explanation.ToString().Split(Environment.NewLine))
            narrator.Say($"  {line}");
    }
}
