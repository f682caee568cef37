using System.Diagnostics;
using Memento.Storage;
using Microsoft.Extensions.Logging;

namespace Memento.Journaling;

/// <summary>
/// A silo's one writer to the durable storage. Commits queue up while a batch is being written, and
/// all that have queued become the next batch: one database transaction, one fsync (group commit).
/// </summary>
/// <remarks>
/// Whoever was just acknowledged often commits again at once. A batch that began with its first
/// commit would leave the rest of them to the next one, and so on for ever: two fsyncs where one is
/// enough. So those get to queue first, see <see cref="BatchGathering"/>.
///
/// What must hold: positions are given in the order in which commits may depend on each other; a
/// commit is acknowledged only after everything before it that was kept; when a commit is refused,
/// it and everything that may have seen it are taken back, newest first, and nothing that has seen
/// any of it is appended. A batch in doubt stops the writer until the storage has settled it: it is
/// taken back, or succeeds, whole.
/// </remarks>
internal sealed class Journal : IAsyncDisposable
{
    /// <summary>
    /// How many commits one batch takes at the most: bounds the time until its fsync.
    /// </summary>
    public const int MaxBatch = 4096;

    /// <summary>
    /// How long callers wait for a batch in doubt to be settled. Then they are told that they are
    /// in doubt, and nothing new that would have to wait is taken, until it is settled.
    /// </summary>
    public static readonly TimeSpan LongestDoubt = TimeSpan.FromSeconds(10);

    private readonly IJournalStorage? _storage;
    private readonly JournalLog _logger;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly ManualResetEventSlim _stopping = new();
    private readonly ManualResetEventSlim _doubtEnds = new();
    private readonly BatchGathering _gathering;
    private readonly BatchSettlement? _settlement;
    private readonly BatchWatch _watch;
    private readonly TakeBackHistory _takenBack = new();
    private readonly Thread _writer;
    private readonly TaskCompletionSource _stopped =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<PendingCommit> _queue = [];
    private long _lastPosition;
    private long _durablePosition;
    private long _batches;
    private bool _isInDoubt;
    private bool _hasGivenUp;

    /// <summary>Makes a journal; without a storage it only orders commits.</summary>
    public Journal(DurableStorage storage, ILogger<Journal> logger, TimeProvider time)
    {
        _storage = storage.Journal;
        _logger = new JournalLog(logger);
        _gathering = new BatchGathering(_gate);
        _watch = new BatchWatch(time, _logger);
        if (_storage is not null)
            _settlement = new BatchSettlement(_storage, _doubtEnds, time, _logger);
        _writer = new Thread(WriteBatches) { IsBackground = true, Name = "Memento journal" };
        _writer.Start();
    }

    /// <summary>Everything up to here that was not taken back is durable.</summary>
    public long DurablePosition => Volatile.Read(ref _durablePosition);

    /// <summary>
    /// How many batches were written: with the position it says how many commits share an fsync.
    /// </summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>
    /// Grows when commits begin to be taken back, to an odd one, and again at the end of that. A
    /// transaction takes it when it begins, see <see cref="Stands"/>.
    /// </summary>
    public int Generation => _takenBack.Generation;

    /// <inheritdoc cref="TakeBackHistory.Stands"/>
    public bool Stands(int generation, long position) => _takenBack.Stands(generation, position);

    /// <summary>Adds a commit to the next batch, and gives it its position.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="generation">The generation in which its transaction began.</param>
    /// <returns>False where the transaction may have seen what was taken back since.</returns>
    /// <exception cref="StorageException">
    /// The silo is stopping, or a batch has been in doubt for too long.
    /// </exception>
    public bool TryAppend(PendingCommit commit, int generation)
    {
        lock (_gate)
        {
            if (_stopping.IsSet)
            {
                throw new StorageException(
                    "The silo is stopping and its journal is closed. Run the transaction in "
                    + "another silo, or again after the restart.");
            }

            if (_isInDoubt)
            {
                throw new StorageException(
                    "The durable storage has not said whether its last batch was kept, so nothing "
                    + "can be written, and nothing that was just written can be read. Make the "
                    + $"storage ({_storage!.Description}) reachable, and run the transaction "
                    + "again.");
            }

            if (!Stands(generation, commit.DependsOn)) return false;

            Append(commit);
            return true;
        }
    }

    /// <summary>Waits until all that was appended so far is durable, or was taken back.</summary>
    public async Task FlushAsync()
    {
        var marker = new PendingCommit(entry: null, []);
        lock (_gate)
        {
            if (_hasGivenUp) return;
            if (!_stopping.IsSet) Append(marker);
        }

        // Stopping, it takes nothing new and writes out what it has.
        await (marker.Position > 0 ? marker.Durable : _stopped.Task).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits no longer for a batch in doubt: the silo stops, and those that flush would hold it up.
    /// One that the storage cannot settle now stays in doubt, and nothing is taken after it.
    /// </summary>
    public void EndDoubt() => _doubtEnds.Set();

    /// <summary>Writes what has queued up, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_stopping.IsSet)
            {
                _stopping.Set();
                _doubtEnds.Set();
                _work.Release();
            }
        }

        await _stopped.Task.ConfigureAwait(false);
        _watch.Dispose();
        _gathering.Dispose();
        _stopping.Dispose();
        _doubtEnds.Dispose();
        _work.Dispose();
    }

    private void Append(PendingCommit commit)
    {
        commit.Position = ++_lastPosition;
        _queue.Add(commit);
        _gathering.Arrived();

        // Under the gate: outside, a stop in between writes the commit out and disposes the signal.
        if (_queue.Count == 1) _work.Release();
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
                try
                {
                    Write(batch);
                }
                catch (Exception exception)
                {
                    MemoryLost.Fail(_logger, exception, "taking a failed batch back");
                }

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
            isStopping = _stopping.IsSet;
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
            if (isStopping && batch.Count > 0) _work.Release();
            return batch;
        }
    }

    private void Write(List<PendingCommit> batch)
    {
        List<JournalEntry> entries = EntriesOf(batch);
        var journalBatch = new JournalBatch(batch[0].Position, entries);
        try
        {
            if (entries.Count > 0) Store(journalBatch);
        }
        catch (BatchInDoubtException doubt)
        {
            bool? isKept = _settlement!.Settle(journalBatch, elapsed =>
            {
                if (elapsed >= LongestDoubt) TellDoubt(batch, doubt);
            });
            if (isKept is null)
            {
                GiveUp(batch, doubt);
                return;
            }

            if (isKept is false) TakeBack(batch, BatchFailure.NotKept(doubt));
            lock (_gate)
                _isInDoubt = false;
            if (isKept is false) return;
        }
        catch (Exception exception)
        {
            TakeBack(batch, exception);
            return;
        }

        Volatile.Write(ref _batches, _batches + 1);
        Volatile.Write(ref _durablePosition, batch[^1].Position);
        foreach (PendingCommit commit in batch)
            commit.Succeed();
    }

    private List<JournalEntry> EntriesOf(List<PendingCommit> batch)
    {
        List<JournalEntry> entries = [];
        foreach (PendingCommit commit in batch)
        {
            if (commit.Entry is not null) entries.Add(commit.Entry);
        }

        // A storage that does not know its batches again knows outcomes: one stands for its batch.
        if (entries.Count > 0 && _storage is { SettlesBatches: false }
            && !entries.Exists(static entry => entry.KeepsOutcome))
        {
            entries[0] = entries[0].KeepingOutcome();
        }

        return entries;
    }

    private void Store(JournalBatch batch)
    {
        if (_storage is null) throw new UnreachableException("A disk table without a storage.");

        _watch.Begin(batch.Entries.Count);
        try
        {
            _storage.WriteAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            _watch.End();
        }
    }

    /// <summary>
    /// Takes back what the storage refused, and whatever has seen the effect of that. The others of
    /// the batch, and those behind it, stay where they are in the queue.
    /// </summary>
    private void TakeBack(List<PendingCommit> batch, Exception reason)
    {
        HashSet<PendingCommit> culprits = [.. BatchFailure.CulpritsOf(batch, reason)];
        List<PendingCommit> failed = [];
        lock (_gate)
        {
            long first = culprits.Min(static each => each.Position);
            List<PendingCommit> left = [];
            foreach (PendingCommit each in batch.Concat(_queue))
            {
                bool hasSeenIt = each.Position > first && each.DependsOn >= first;
                (hasSeenIt || culprits.Contains(each) ? failed : left).Add(each);
            }

            _queue = left;
            _takenBack.Begin(first);
            foreach (PendingCommit each in failed)
                each.HasFailed = true;
        }

        StorageLog.BatchFailed(_logger, reason, culprits.Count, failed.Count - culprits.Count);
        for (int i = failed.Count - 1; i >= 0; i--)
        {
            foreach (ITakeBack part in failed[i].Parts)
                part.TakeBack();
        }

        if (reason is FencedException fenced) DiscardFenced(culprits, fenced);
        lock (_gate)
        {
            _takenBack.End();
            if (_queue.Count > 0) _work.Release();
        }

        foreach (PendingCommit each in failed)
        {
            each.Fail(culprits.Contains(each)
                ? BatchFailure.ErrorOf(each, reason)
                : new CommitTakenBackException());
        }
    }

    /// <summary>
    /// A partition with a newer owner is not what is stored: it is closed, and loaded when it is
    /// used again.
    /// </summary>
    private static void DiscardFenced(IEnumerable<PendingCommit> culprits, FencedException fenced)
    {
        foreach (ITakeBack part in culprits.SelectMany(static each => each.Parts))
        {
            if (part.IsStored && part.Table == fenced.Table && part.Number == fenced.Partition)
                part.Discard();
        }
    }

    /// <summary>
    /// Tells all who wait for a batch in doubt that they are; what becomes of them stays open.
    /// </summary>
    private void TellDoubt(List<PendingCommit> batch, BatchInDoubtException doubt)
    {
        PendingCommit[] waiting;
        lock (_gate)
        {
            _isInDoubt = true;
            waiting = [.. batch, .. _queue];
        }

        foreach (PendingCommit each in waiting)
        {
            if (!each.IsMarker)
                each.Fail(new TransactionInDoubtException(each.TransactionId, doubt));
        }
    }

    /// <summary>
    /// The silo stops before a batch in doubt is settled; the next start reads what is stored.
    /// </summary>
    private void GiveUp(List<PendingCommit> batch, BatchInDoubtException doubt)
    {
        TellDoubt(batch, doubt);
        lock (_gate)
        {
            _hasGivenUp = true;
            foreach (PendingCommit each in batch.Concat(_queue).Where(static each => each.IsMarker))
                each.Succeed();
            _queue.Clear();
        }
    }
}
