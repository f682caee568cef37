using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>
/// Shows two pages of films in the order of an index, each in a transaction of its own.
/// </summary>
internal sealed class PageThrough : IChapter
{
    private const int PageSize = 4;

    /// <summary>The part of a continuation that fits into a line.</summary>
    private const int ShownLength = 32;

    public string Title => "Pages: the newest films of 2010 and before";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Code($"""
            Page<Movie> page = await tx.Query<Movie>()
                .Where(m => m.Year <= 2010)
                .OrderByDescending(m => m.Year)
                .ToPageAsync({PageSize});
            """);
        (Page<Movie> first, TimeSpan elapsed) = await Timing.MeasureAsync(
            () => ReadPageAsync(memento, after: null, cancellationToken));
        narrator.Took($"{first.Items.Count} films", elapsed);
        narrator.Show(MovieTable.Of(first.Items));
        if (first.Next is not { } next)
        {
            narrator.Say("That is all of them: its Next is null.");
            return;
        }

        narrator.Say("Its continuation, page.Next, is a text that a client can keep:");
        narrator.Code(next.Length > ShownLength ? $"{next[..ShownLength]}…" : next);
        narrator.Say("Another transaction goes on with it, behind the film where the page ended:");
        narrator.Code($"""
            … .ToPageAsync({PageSize}, after: page.Next);
            """);
        (Page<Movie> second, elapsed) = await Timing.MeasureAsync(
            () => ReadPageAsync(memento, next, cancellationToken));
        narrator.Took($"{second.Items.Count} films", elapsed);
        narrator.Show(MovieTable.Of(second.Items));
    }

    private static Task<Page<Movie>> ReadPageAsync(
        IMemento memento, string? after, CancellationToken cancellationToken)
        => memento.TransactionAsync(
            async tx => await tx.Query<Movie>()
                .Where(m => m.Year <= 2010)
                .OrderByDescending(m => m.Year)
                .ToPageAsync(PageSize, after, cancellationToken),
            cancellationToken: cancellationToken);
}
