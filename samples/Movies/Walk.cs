using Memento;
using Movies.Chapters;
using Movies.Output;
using Spectre.Console;

namespace Movies;

/// <summary>The chapters in their order.</summary>
internal sealed class Walk(IAnsiConsole console, TimeProvider time)
{
    /// <summary>Runs all chapters on a store.</summary>
    /// <param name="memento">The store.</param>
    /// <param name="dataPath">The file with the films.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async Task RunAsync(
        IMemento memento, string dataPath, CancellationToken cancellationToken)
    {
        IChapter[] chapters =
        [
            new LoadTheFilms(dataPath, time),
            new ReadByKey(),
            new FindByIndex(),
            new SelectByPredicate(),
            new FindByRange(),
            new PageThrough(),
            new ExplainQueries(),
            new AskTooMuch(),
            new RentAFilm(),
            new WriteAndReport(),
            new ReviewAFilm(),
            new CountUp(),
            new LookAround(),
        ];

        var narrator = new Narrator(console);
        foreach (IChapter chapter in chapters)
        {
            narrator.Chapter(chapter.Title);
            await chapter.RunAsync(memento, narrator, cancellationToken);
        }
    }
}
