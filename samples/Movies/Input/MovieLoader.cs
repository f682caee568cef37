using Memento;
using Movies.Tables;

namespace Movies.Input;

/// <summary>
/// Loads the films of a file, each batch in a transaction. A film that is stored already is not
/// written again, so an interrupted load goes on where it stopped.
/// </summary>
internal sealed class MovieLoader(IMemento memento, TimeProvider time)
{
    /// <summary>How many films a transaction writes.</summary>
    public const int BatchSize = 100;

    /// <summary>How many films this loader has written and committed.</summary>
    public int WrittenCount { get; private set; }

    /// <summary>The record of a file that was loaded to its end; null for any other file.</summary>
    public Task<Import?> FindAsync(MovieFile file, CancellationToken cancellationToken)
        => memento.TransactionAsync(
            async tx => await tx.ReadAsync<Import>(file.Hash),
            cancellationToken: cancellationToken);

    /// <summary>Loads the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="report">Called after every commit.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="MovieFileException">
    /// The file cannot be read further. The films before that place are committed.
    /// </exception>
    public async Task<Import> LoadAsync(
        MovieFile file, Action report, CancellationToken cancellationToken)
    {
        while (true)
        {
            (List<Movie> batch, MovieFileException? failure) = ReadBatch(file);
            bool isComplete = batch.Count < BatchSize && failure is null;
            Import? import = isComplete ? Describe(file) : null;
            WrittenCount += await WriteAsync(batch, import, cancellationToken);
            report();
            if (import is not null) return import;
            if (failure is null) continue;

            throw new MovieFileException(
                $"{failure.Message} The films before it are kept "
                + $"({file.RecordCount - file.Skipped.Count}). Mend the file and run this again: "
                + "it adds what is missing.",
                failure);
        }
    }

    private static (List<Movie> Batch, MovieFileException? Failure) ReadBatch(MovieFile file)
    {
        List<Movie> batch = [];
        try
        {
            while (batch.Count < BatchSize && file.ReadNext() is { } movie) batch.Add(movie);
            return (batch, null);
        }
        catch (MovieFileException failure)
        {
            return (batch, failure);
        }
    }

    private Import Describe(MovieFile file)
        => new()
        {
            Hash = file.Hash,
            File = file.Name,
            Films = file.RecordCount - file.Skipped.Count,
            Skipped = file.Skipped.Count,
            LoadedAt = time.GetUtcNow(),
        };

    /// <summary>Writes the films that are not stored yet, and returns their number.</summary>
    private Task<int> WriteAsync(
        List<Movie> batch, Import? import, CancellationToken cancellationToken)
    {
        string?[] titles = [.. batch.Select(static movie => movie.Title).Distinct()];
        return memento.TransactionAsync(
            async tx =>
            {
                // Title and day together identify a film: there are two films "King Kong" and two
                // "Hamlet".
                IReadOnlyList<Movie> sameTitles = await tx.SelectAsync<Movie>(
                    movie => titles.Contains(movie.Title));
                var known = sameTitles
                    .Select(static movie => (movie.Title, movie.Released)).ToHashSet();
                int written = 0;
                foreach (Movie movie in batch)
                {
                    if (!known.Add((movie.Title, movie.Released))) continue;

                    await tx.WriteAsync(movie);
                    written++;
                }

                if (import is not null) await tx.WriteAsync(import);
                return written;
            },
            cancellationToken: cancellationToken);
    }
}
