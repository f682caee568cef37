using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Memento.Storage;

/// <summary>
/// A silo's one writer to the durable storage. Commits queue up while a batch is being written, and all
/// that have queued become the next batch: one database transaction, one fsync (group commit).
/// </summary>
/// <remarks>
/// Whoever was just acknowledged often commits again at once. A batch that began with its first commit
/// would leave the rest of them to the next one, and so on for ever: two fsyncs where one is enough. So
/// those get to queue first, see <see cref="BatchGathering"/>.
///
/// What must hold: positions are given in the order in which commits may depend on each other; a commit is
/// acknowledged only after everything before it; when a batch fails, it and everything behind it are taken
/// back, newest first, before anything new is appended.
/// </remarks>
internal sealed class Journal : IAsyncDisposable
{
    /// <summary>How many commits one batch takes at the most: bounds the time until its fsync.</summary>
    public const int MaxBatch = 4096;

    private readonly IJournalStorage? _storage;
    private readonly ILogger<Journal> _logger;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly BatchGathering _gathering;
    private readonly Thread _writer;
    private readonly TaskCompletionSource _stopped =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<PendingCommit> _queue = [];
    private long _lastPosition;
    private long _durablePosition;
    private long _batches;
    private int _generation;
    private bool _isStopping;

    /// <summary>Makes a journal; without a storage it only orders commits.</summary>
    public Journal(DurableStorage storage, ILogger<Journal> logger)
    {
        _storage = storage.Journal;
        _logger = logger;
        _gathering = new BatchGathering(_gate);
        _writer = new Thread(WriteBatches) { IsBackground = true, Name = "Memento journal" };
        _writer.Start();
    }

    /// <summary>Everything up to here is durable.</summary>
    public long DurablePosition => Volatile.Read(ref _durablePosition);

    /// <summary>
    /// How many batches were written: with the position it says how many commits share an fsync.
    /// </summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>
    /// Grows when a batch fails and again when it has been taken back. A transaction that began in another
    /// generation may have seen what was taken back, and must not commit.
    /// </summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Adds a commit to the next batch, and gives it its position.</summary>
    /// <returns>
    /// False where the generation has changed: the transaction may have read what never was.
    /// </returns>
    /// <exception cref="StorageException">The silo is stopping.</exception>
    public bool TryAppend(PendingCommit commit, int generation)
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                throw new StorageException(
                    "The silo is stopping and its journal is closed. Run the transaction in another "
                    + "silo, or again after the restart.");
            }

            if (_generation != generation || generation % 2 != 0) return false;

            commit.Position = ++_lastPosition;
            _queue.Add(commit);
            _gathering.Arrived();

            // Under the gate: outside, a stop in between writes the commit out and disposes the signal.
            if (_queue.Count == 1) _work.Release();
            return true;
        }
    }

    /// <summary>Waits until all that was appended so far is durable, or was taken back.</summary>
    public async Task FlushAsync()
    {
        var marker = new PendingCommit(entry: null, []);
        try
        {
            while (!TryAppend(marker, Generation))
                await Task.Yield();
            await marker.Durable.ConfigureAwait(false);
        }
        catch (CommitTakenBackException)
        {
            // Behind a failed batch: everything before it has ended too, which is all that was asked.
        }
        catch (StorageException)
        {
            // Stopping, which takes nothing new and writes out what it has.
            await _stopped.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Writes what has queued up, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_isStopping)
            {
                _isStopping = true;
                _work.Release();
            }
        }

        await _stopped.Task.ConfigureAwait(false);
        _gathering.Dispose();
        _work.Dispose();
    }

    private void WriteBatches()
    {
        while (true)
        {
            _work.Wait();
            _gathering.Wait();
            List<PendingCommit> batch = TakeBatch(out bool isStopping);
            if (batch.Count > 0)
            {
                long started = Stopwatch.GetTimestamp();
                Write(batch);
                _gathering.Expect(batch.Count, Stopwatch.GetElapsedTime(started));
            }
            else if (isStopping)
            {
                _stopped.TrySetResult();
                return;
            }

            // Otherwise the signal was for commits that were taken back before their turn came.
        }
    }

    private List<PendingCommit> TakeBatch(out bool isStopping)
    {
        lock (_gate)
        {
            isStopping = _isStopping;
            List<PendingCommit> batch;
            if (_queue.Count <= MaxBatch)
            {
                batch = _queue;
                _queue = new List<PendingCommit>(batch.Count);
            }
            else
            {
                batch = _queue.GetRange(0, MaxBatch);
                _queue.RemoveRange(0, MaxBatch);
                _work.Release();
            }

            // The stop's own signal may come while commits are still queued; it must not be lost.
            if (_isStopping && batch.Count > 0) _work.Release();
            return batch;
        }
    }

    private void Write(List<PendingCommit> batch)
    {
        List<JournalEntry> entries = [];
        foreach (PendingCommit commit in batch)
        {
            if (commit.Entry is not null) entries.Add(commit.Entry);
        }

        if (entries.Count > 0)
        {
            try
            {
                if (_storage is null)
                    throw new UnreachableException("A disk table without a storage.");

                var journalBatch = new JournalBatch(batch[0].Position, entries);
                _storage.WriteAsync(journalBatch, CancellationToken.None)
                    .AsTask().GetAwaiter().GetResult();
            }
            catch (Exception exception)
            {
                TakeBack(batch, exception);
                return;
            }
        }

        Volatile.Write(ref _batches, _batches + 1);
        Volatile.Write(ref _durablePosition, batch[^1].Position);
        foreach (PendingCommit commit in batch)
            commit.Succeed();
    }

    private void TakeBack(List<PendingCommit> batch, Exception reason)
    {
        List<PendingCommit> behind;
        lock (_gate)
        {
            _generation++;
            behind = _queue;
            _queue = [];
        }

        StorageLog.BatchFailed(_logger, reason, batch.Count, behind.Count);
        List<PendingCommit> failed = [.. batch, .. behind];
        foreach (PendingCommit commit in failed)
            commit.HasFailed = true;

        for (int i = failed.Count - 1; i >= 0; i--)
        {
            foreach (ITakeBack part in failed[i].Parts)
                part.TakeBack();
        }

        DiscardWhatIsNotKnown(batch, reason);
        lock (_gate)
            _generation++;

        foreach (PendingCommit commit in batch)
            commit.Fail(FailureOf(commit, reason));
        foreach (PendingCommit commit in behind)
            commit.Fail(new CommitTakenBackException());
    }

    /// <summary>
    /// Where memory may not be what is stored, the partition is closed, and loaded when it is used again.
    /// </summary>
    private static void DiscardWhatIsNotKnown(List<PendingCommit> batch, Exception reason)
    {
        if (reason is not (BatchInDoubtException or FencedException)) return;

        foreach (PendingCommit commit in batch)
        {
            foreach (ITakeBack part in commit.Parts)
            {
                bool isUnknown = part.IsStored
                    && (reason is not FencedException fenced
                        || (fenced.Table == part.Table && fenced.Partition == part.Number));
                if (isUnknown) part.Discard();
            }
        }
    }

    /// <summary>
    /// A commit that wrote something learns why it failed; one that only depended on others may try again.
    /// </summary>
    private static Exception FailureOf(PendingCommit commit, Exception reason)
    {
        if (commit.Entry is null) return new CommitTakenBackException();

        return reason switch
        {
            StorageException => reason,
            BatchInDoubtException
                => new TransactionInDoubtException(commit.Entry.TransactionId, reason),
            OutcomeDecidedException { Outcome: TransactionOutcome.Committed } decided
                when decided.TransactionId == commit.Entry.TransactionId
                => new TransactionInDoubtException(decided.TransactionId, reason),
            FencedException or OutcomeDecidedException => new CommitTakenBackException(reason),
            _ => new StorageException(
                $"The durable storage failed, and nothing of the transaction was kept: {reason.Message}",
                reason),
        };
    }
}
