using System.Globalization;
using Memento;
using Movies.Input;
using Movies.Output;
using Movies.Tables;
using Spectre.Console;

namespace Movies.Chapters;

/// <summary>Loads the films in transactions, unless they are loaded already.</summary>
internal sealed class LoadTheFilms(string path, TimeProvider time) : IChapter
{
    /// <summary>How many of the skipped records are shown with their reason.</summary>
    private const int ShownSkipped = 10;

    public string Title => "Load the films";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        MovieFile file = await MovieFile.OpenAsync(path, cancellationToken);
        var loader = new MovieLoader(memento, time);
        if (await loader.FindAsync(file, cancellationToken) is { } import)
            SayItIsThere(narrator, import);
        else
            await LoadAsync(loader, file, narrator, cancellationToken);

        await SayHowUntidyAsync(memento, narrator, cancellationToken);
    }

    private static void SayItIsThere(Narrator narrator, Import import)
    {
        narrator.Good(string.Create(
            CultureInfo.InvariantCulture,
            $"The data is there: {import.Films:N0} films of {import.File}, ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"loaded on {import.LoadedAt:yyyy-MM-dd} at {import.LoadedAt:HH:mm:ss} UTC."));
    }

    private static async Task LoadAsync(
        MovieLoader loader, MovieFile file, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Say(
            $"{file.Name} goes into a table on disk, {MovieLoader.BatchSize} films a transaction:");
        narrator.Code("""
            await memento.TransactionAsync(async tx =>
            {
                foreach (Movie movie in batch) await tx.WriteAsync(movie);
            });
            """);
        try
        {
            (Import import, TimeSpan elapsed) = await Timing.MeasureAsync(
                () => WithProgressAsync(loader, file, narrator, cancellationToken));
            narrator.Good(string.Create(
                CultureInfo.InvariantCulture,
                $"Loaded {loader.WrittenCount:N0} films in {Timing.Format(elapsed)}."));
            if (import.Films > loader.WrittenCount)
            {
                narrator.Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{import.Films - loader.WrittenCount:N0} were there already."));
            }
        }
        finally
        {
            // Also if the file ends with a mistake.
            SaySkipped(narrator, file);
        }
    }

    private static async Task<Import> WithProgressAsync(
        MovieLoader loader, MovieFile file, Narrator narrator, CancellationToken cancellationToken)
    {
        // A moving bar is for a terminal; a log needs only the result.
        if (!narrator.Console.Profile.Capabilities.Interactive)
            return await loader.LoadAsync(file, static () => { }, cancellationToken);

        return await narrator.Console.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async progress =>
            {
                ProgressTask task = progress.AddTask("Loading", maxValue: file.Length);
                return await loader.LoadAsync(
                    file,
                    () =>
                    {
                        task.Value = file.Position;
                        task.Description = string.Create(
                            CultureInfo.InvariantCulture, $"{loader.WrittenCount:N0} films");
                    },
                    cancellationToken);
            });
    }

    private static void SaySkipped(Narrator narrator, MovieFile file)
    {
        if (file.Skipped.Count == 0) return;

        narrator.Warn(string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Skipped.Count:N0} of {file.RecordCount:N0} records are no films, left out:"));
        foreach (SkippedRecord skipped in file.Skipped.Take(ShownSkipped))
            narrator.Say($"  record {skipped.Number}, line {skipped.Line}: {skipped.Reason}");
        if (file.Skipped.Count > ShownSkipped)
            narrator.Say($"  and {file.Skipped.Count - ShownSkipped} more");
    }

    private async Task SayHowUntidyAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        int thisYear = time.GetUtcNow().Year;
        (long all, int untitled, int undirected, int future) = await memento.TransactionAsync(
            async tx => (
                await tx.CountAsync<Movie>(),
                (await tx.SelectAsync<Movie>(static movie => movie.Title == null)).Count,
                (await tx.SelectAsync<Movie>(static movie => movie.Director == null)).Count,
                (await tx.SelectAsync<Movie>(movie => movie.Year > thisYear)).Count),
            cancellationToken: cancellationToken);
        narrator.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"The table has {all:N0} films, as untidy as they came: {untitled:N0} without a ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"title, {undirected:N0} without a director, {future:N0} from the future."));
    }
}
