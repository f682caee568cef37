using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Memento.Storage.Sqlite;

/// <summary>
/// Copies the log into the main file, on a thread and a connection of its own, so that no batch
/// waits while thousands of pages are copied and synced.
/// </summary>
/// <remarks>
/// SQLite begins the log anew only if a batch finds all of it copied, and batches go on meanwhile.
/// So the bulk is copied beside them, and the rest, which is short, while the writer is held. Every
/// copy syncs the log, copies, and syncs the main file; a crash in between loses nothing, since the
/// log is still whole. An old reader keeps SQLite from copying what came after it: then the log
/// grows, and the next try follows after as many pages again.
/// </remarks>
internal sealed class SqliteCheckpointer : IDisposable
{
    /// <summary>
    /// The pages after which the log is copied (16 MB). Often enough to keep the log short, and
    /// rare enough that a page that changes often is copied once for many batches.
    /// </summary>
    public const int Pages = 4_096;

    /// <summary>About the pages that are copied while the writer is held.</summary>
    public const int FewPages = 256;

    /// <summary>
    /// Copies beside the writer before it is held anyway. Each is shorter than the one before,
    /// unless the disk is too slow; then holding the writer bounds the log.
    /// </summary>
    private const int MostCopies = 4;

    private readonly SqliteWriter _writer;
    private readonly SqliteSettings _settings;
    private readonly ILogger _logger;
    private readonly object _signal = new();
    private Thread? _thread;
    private int _pages;
    private int _completed;
    private bool _isStopping;

    public SqliteCheckpointer(SqliteWriter writer, SqliteSettings settings, ILogger logger)
    {
        _writer = writer;
        _settings = settings;
        _logger = logger;
        writer.WhenWritten = Count;
    }

    /// <summary>How often the whole log was copied, so that it begins anew.</summary>
    public int Completed => Volatile.Read(ref _completed);

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "Memento checkpoints" };
        _thread.Start();
    }

    /// <summary>Stops after a copy that is under way. The writer copies the rest.</summary>
    public void Dispose()
    {
        lock (_signal)
        {
            _isStopping = true;
            Monitor.Pulse(_signal);
        }

        _thread?.Join();
        _thread = null;
    }

    /// <summary>Called by the writer after each transaction.</summary>
    private void Count(int pages)
    {
        lock (_signal)
        {
            _pages += pages;
            if (_pages >= Pages) Monitor.Pulse(_signal);
        }
    }

    private void Run()
    {
        while (WaitForPages())
        {
            try
            {
                Checkpoint();
            }
            catch (Exception failure)
            {
                // Any exception: without the thread, the log would grow for ever.
                Tell(failure);
            }
        }
    }

    private bool WaitForPages()
    {
        lock (_signal)
        {
            while (_pages < Pages && !_isStopping)
                Monitor.Wait(_signal);
            _pages = 0;
            return !_isStopping;
        }
    }

    private void Checkpoint()
    {
        // A connection for each time: a kept one would go on with a file that was removed.
        using var database = SqliteDatabase.Open(
            _settings, _settings.Path, SqliteOpenMode.ReadWrite);
        database.PrepareToCheckpoint();
        int before = 0;
        for (int copies = 1; ; copies++)
        {
            var (inLog, copied) = database.CheckpointBeside();
            bool isLast = copied - before <= FewPages || copies == MostCopies;

            // A batch that is just ending counts as a reader of what was before it, so that a copy
            // may stop short of it. Only a reader that stays leaves more than that.
            if (isLast && inLog - copied > FewPages) return;
            if (isLast) break;
            before = copied;
        }

        _writer.Hold(() =>
        {
            var (inLog, copied) = database.CheckpointBeside();
            if (copied == inLog) Interlocked.Increment(ref _completed);
        });
    }

    /// <summary>A log provider may throw. That must not stop the thread either.</summary>
    private void Tell(Exception failure)
    {
        try
        {
            SqliteLog.CheckpointFailed(_logger, failure, _settings.Path);
        }
        catch (Exception logFailure)
        {
            Trace.TraceError(
                "Memento could not write to the log that the log of {0} was not copied ({1}): {2}",
                _settings.Path,
                failure.Message,
                logFailure);
        }
    }
}
