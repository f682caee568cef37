using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>Asks a query that the store cannot evaluate, and shows the error.</summary>
internal sealed class AskTooMuch : IChapter
{
    public string Title => "A query that is refused";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Code("""
            await tx.SelectAsync<Movie>(m => m.Title!.Trim() == "Rush");
            """);
        try
        {
            await memento.TransactionAsync(
                async tx => await tx.SelectAsync<Movie>(m => m.Title!.Trim() == "Rush"),
                cancellationToken: cancellationToken);
        }
        catch (QueryNotSupportedException refused)
        {
            narrator.Warn(refused.Message);
        }

        narrator.Say("What cannot be looked for in the store is never looked for elsewhere without "
            + "a word. Where it has to be, say so:");
        narrator.Code("""
            (await tx.SelectAsync<Movie>(m => m.Title!.Contains("Rush")))
                .Where(m => m.Title!.Trim() == "Rush");
            """);
    }
}
