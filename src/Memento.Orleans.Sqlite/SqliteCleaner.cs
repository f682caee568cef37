using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Memento.Storage.Sqlite;

/// <summary>
/// Removes the rows of dropped or emptied tables, between the batches of the journal. A piece
/// delays a batch for no longer than an fsync or two. After a piece, the cleaner pauses for as long
/// as the piece took. Rows that a stop or a crash leaves are removed after the next start.
/// </summary>
internal sealed class SqliteCleaner(
    SqliteWriter writer, SqliteSettings settings, TimeProvider timeProvider, ILogger logger)
    : IDisposable
{
    /// <summary>The time in which a piece should be removed, without its commit.</summary>
    public static readonly TimeSpan PieceTime = TimeSpan.FromMilliseconds(4);

    /// <summary>The pause after a failure, such as a full disk.</summary>
    public static readonly TimeSpan RetryPause = TimeSpan.FromMinutes(1);

    private const int FewestRows = 64;
    private const int MostRows = 16_384;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _cleaning = Task.CompletedTask;
    private bool _isWanted;
    private bool _isCleaning;
    private int _rows = FewestRows;

    /// <summary>Looks for such tables, now or after the tables that it is removing.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _isWanted = true;
            if (_isCleaning || _stopping.IsCancellationRequested) return;
            _isCleaning = true;
            _cleaning = Task.Run(CleanAsync);
        }
    }

    /// <summary>Ends after the piece that is being removed.</summary>
    public async Task StopAsync()
    {
        Task cleaning;
        lock (_gate)
        {
            _stopping.Cancel();
            cleaning = _cleaning;
        }

        await cleaning.ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task CleanAsync()
    {
        try
        {
            while (TakeWanted())
            {
                while (Remove() is { } pause)
                    await Task.Delay(pause, timeProvider, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: the rest goes after the next start.
        }
    }

    private bool TakeWanted()
    {
        lock (_gate)
        {
            bool isWanted = _isWanted;
            _isWanted = false;
            _isCleaning = isWanted;
            return isWanted;
        }
    }

    /// <summary>
    /// Removes a piece. Returns the pause before the next piece, or null when nothing is left.
    /// </summary>
    private TimeSpan? Remove()
    {
        try
        {
            if (writer.Read("look for dropped tables", SqliteTrash.Find) is not { } trash)
                return null;

            TimeSpan elapsed = writer.Run(
                "remove the rows of a dropped table",
                null,
                database =>
                {
                    long started = Stopwatch.GetTimestamp();
                    SqliteTrash.Remove(database, trash, _rows);
                    return Stopwatch.GetElapsedTime(started);
                });
            if (elapsed > PieceTime)
                _rows = Math.Max(FewestRows, _rows / 2);
            else if (elapsed < PieceTime / 2)
                _rows = Math.Min(MostRows, _rows * 2);
            return elapsed;
        }
        catch (Exception failure)
        {
            // Any exception: if the loop ended here, it would never clean again.
            Tell(failure);
            return RetryPause;
        }
    }

    /// <summary>A log provider may throw. That must not stop the loop either.</summary>
    private void Tell(Exception failure)
    {
        try
        {
            SqliteLog.CleaningFailed(logger, failure, settings.Path, RetryPause);
        }
        catch (Exception logFailure)
        {
            Trace.TraceError(
                "Memento could not write to the log that {0} is not cleaned ({1}): {2}",
                settings.Path,
                failure.Message,
                logFailure);
        }
    }
}
