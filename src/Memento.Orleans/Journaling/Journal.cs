using System.Diagnostics;
using Memento.Diagnostics;
using Memento.Invariants;
using Memento.Storage;
using Microsoft.Extensions.Logging;

namespace Memento.Journaling;

/// <summary>
/// The only writer of a silo to the durable storage. Commits queue while a batch is being written,
/// and all queued commits become the next batch: one database transaction, one fsync (group
/// commit).
/// </summary>
/// <remarks>
/// A caller that was just acknowledged often commits again at once. A batch begins without waiting
/// for it, except where that costs more than the wait: see <see cref="BatchGathering"/>.
///
/// What must hold: Positions are given in the order in which commits may depend on each other. A
/// commit is acknowledged only after all kept commits before it. When a commit is refused, it and
/// all commits that may have seen it are taken back, newest first, and no commit that has seen any
/// of them is appended. A batch in doubt stops the writer until the storage has settled it; then
/// the whole batch is taken back, or succeeds.
/// </remarks>
internal sealed partial class Journal : IAsyncDisposable
{
    /// <summary>The most commits of a batch. It bounds the time until the fsync.</summary>
    public const int MaxBatch = 4096;

    /// <summary>
    /// How long callers wait until a batch in doubt is settled. After that, they get the error that
    /// they are in doubt, and the journal refuses new commits that would have to wait, until the
    /// batch is settled.
    /// </summary>
    public static readonly TimeSpan LongestDoubt = TimeSpan.FromSeconds(10);

    // As many as a SemaphoreSlim spins.
    private const int MostSpins = 140;

    private readonly IJournalStorage? _storage;
    private readonly StoreMetrics? _metrics;
    private readonly JournalLog _logger;
    private readonly object _gate = new();
    private readonly ManualResetEventSlim _doubtEnds = new();
    private readonly BatchGathering _gathering;
    private readonly TimeProvider _time;
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
    private bool _isStopping;
    private bool _hasGivenUp;

    /// <summary>Makes a journal; without a storage it only orders commits.</summary>
    public Journal(
        DurableStorage storage,
        ILogger<Journal> logger,
        TimeProvider time,
        StoreMetrics? metrics = null)
    {
        _storage = storage.Journal;
        _metrics = metrics;
        _logger = new JournalLog(logger);
        _time = time;
        _gathering = new BatchGathering(time);
        _watch = new BatchWatch(time, _logger);
        if (_storage is not null)
            _settlement = new BatchSettlement(_storage, _doubtEnds, time, _logger);
        _writer = new Thread(WriteBatches) { IsBackground = true, Name = "Memento journal" };
        _writer.Start();
    }

    /// <summary>Every commit up to this position that was not taken back is durable.</summary>
    public long DurablePosition => Volatile.Read(ref _durablePosition);

    /// <summary>The position of the last commit that was appended; 0: none was.</summary>
    public long LastPosition => Volatile.Read(ref _lastPosition);

    /// <summary>
    /// Grows to an odd number when a take-back begins, and to an even number when it ends. A
    /// transaction keeps the number at its beginning; see <see cref="Stands"/>.
    /// </summary>
    public int Generation => _takenBack.Generation;

    /// <inheritdoc cref="TakeBackHistory.Stands"/>
    public bool Stands(int generation, long position) => _takenBack.Stands(generation, position);

    /// <summary>Adds a commit to the next batch, and gives it its position.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="generation">The generation in which its transaction began.</param>
    /// <returns>
    /// False if the transaction may have seen a commit that was taken back since.
    /// </returns>
    /// <exception cref="StorageException">
    /// The silo is stopping, or a batch has been in doubt for too long.
    /// </exception>
    public bool TryAppend(PendingCommit commit, int generation)
    {
        lock (_gate)
        {
            if (_isStopping)
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

    /// <summary>
    /// Waits until every commit that was appended so far is durable, or was taken back.
    /// </summary>
    public async Task FlushAsync()
    {
        var marker = new PendingCommit(entry: null, []);
        lock (_gate)
        {
            if (_hasGivenUp) return;
            if (!_isStopping) Append(marker);
        }

        // A stopping journal takes no new commits and writes the queued ones.
        await (marker.Position > 0 ? marker.Durable : _stopped.Task).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the wait for a batch in doubt, because the silo stops and the callers of a flush would
    /// delay that. A batch that the storage cannot settle now stays in doubt, and the journal takes
    /// no commit after it.
    /// </summary>
    public void EndDoubt() => _doubtEnds.Set();

    /// <summary>Writes the queued commits, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_isStopping)
            {
                _isStopping = true;
                _doubtEnds.Set();
                Monitor.PulseAll(_gate);
            }
        }

        await _stopped.Task.ConfigureAwait(false);
        _watch.Dispose();
        _doubtEnds.Dispose();
    }

    private void Append(PendingCommit commit)
    {
        try
        {
            Invariant.Holds(commit.Position == 0, "a commit is appended once");
            Invariant.Holds(
                commit.DependsOn <= _lastPosition,
                "a commit has seen only what was appended before");
        }
        catch (BrokenInvariantException broken)
        {
            MemoryLost.Fail(_logger, broken, "appending a commit");
        }

        commit.Position = ++_lastPosition;
        _queue.Add(commit);
        bool isGathered = _gathering.Arrive();
        if (_queue.Count == 1 || isGathered) Monitor.Pulse(_gate);
    }

    private void WriteBatches()
    {
        while (TakeBatch() is { } batch)
        {
            try
            {
                Write(batch);
            }
            catch (Exception exception)
            {
                MemoryLost.Fail(_logger, exception, "writing a batch or taking it back");
            }
        }

        _stopped.TrySetResult();
    }

    /// <summary>
    /// Waits for the next batch. Null when the journal has stopped, and nothing is left to write.
    /// </summary>
    private List<PendingCommit>? TakeBatch()
    {
        // A woken caller mostly commits again soon. A monitor that waits at once costs a lone
        // writer a fifth of its rate. This only looks; under the gate it is sure.
        var spinner = new SpinWait();
        while (Volatile.Read(ref _queue).Count == 0 && spinner.Count < MostSpins)
            spinner.SpinOnce(sleep1Threshold: -1);

        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_isStopping) return null;
                Monitor.Wait(_gate);
            }

            Gather();
            List<PendingCommit> batch = _queue;
            if (batch.Count <= MaxBatch)
            {
                _queue = new List<PendingCommit>(batch.Count);
            }
            else
            {
                _queue = batch[MaxBatch..];
                batch.RemoveRange(MaxBatch, _queue.Count);
            }

            return batch;
        }
    }

    /// <summary>Waits for the callers of the last batch, where that is worth it.</summary>
    private void Gather()
    {
        while (!_isStopping && _queue.Count < MaxBatch)
        {
            TimeSpan wait = _gathering.TimeToWait();
            if (wait == TimeSpan.Zero) return;

            // The monitor counts whole milliseconds. The last caller ends the wait.
            Monitor.Wait(_gate, (int)Math.Ceiling(wait.TotalMilliseconds));
        }
    }

    private void Write(List<PendingCommit> batch)
    {
        long started = _time.GetTimestamp();
        RequireOrder(batch);
        List<JournalEntry> entries = EntriesOf(batch);
        var journalBatch = new JournalBatch(batch[0].Position, entries);
        Exception? failure = entries.Count > 0 ? WriteToStorage(journalBatch) : null;
        if (failure is BatchInDoubtException doubt)
        {
            if (!SettleDoubt(batch, journalBatch, doubt)) return;
        }
        else if (failure is not null)
        {
            TakeBack(batch, failure);
            return;
        }

        Volatile.Write(ref _batches, _batches + 1);
        Volatile.Write(ref _durablePosition, batch[^1].Position);
        lock (_gate)
            _gathering.Wake(batch.Count, _time.GetElapsedTime(started));
        foreach (PendingCommit commit in batch)
            commit.Succeed();
    }

    /// <summary>
    /// Waits until the storage has said what became of a batch. False if it was not kept, or the
    /// journal has given up; its commits are told then.
    /// </summary>
    private bool SettleDoubt(
        List<PendingCommit> batch, JournalBatch journalBatch, BatchInDoubtException doubt)
    {
        bool? isKept = _settlement!.Settle(journalBatch, elapsed =>
        {
            if (elapsed >= LongestDoubt) TellDoubt(batch, doubt);
        });
        if (isKept is null)
        {
            GiveUp(batch, doubt);
            return false;
        }

        if (isKept is false) TakeBack(batch, BatchFailure.NotKept(doubt));
        lock (_gate)
            _isInDoubt = false;
        return isKept.Value;
    }

    /// <summary>
    /// Nothing is written twice, and nothing after what has seen it.
    /// </summary>
    private void RequireOrder(List<PendingCommit> batch)
    {
        long last = _durablePosition;
        foreach (PendingCommit commit in batch)
        {
            Invariant.Holds(
                commit.Position > last && !commit.HasFailed,
                "commits are written once, in the order of their positions");
            last = commit.Position;
        }
    }

    private List<JournalEntry> EntriesOf(List<PendingCommit> batch)
    {
        List<JournalEntry> entries = [];
        foreach (PendingCommit commit in batch)
        {
            if (commit.Entry is not null) entries.Add(commit.Entry);
        }

        // A storage that does not recognise its batches knows outcomes: one outcome stands for its
        // batch.
        if (entries.Count > 0 && _storage is { SettlesBatches: false }
            && !entries.Exists(static entry => entry.KeepsOutcome))
        {
            entries[0] = entries[0].KeepingOutcome();
        }

        return entries;
    }

    /// <summary>Writes a batch. Why the storage did not keep it; null where it did.</summary>
    private Exception? WriteToStorage(JournalBatch batch)
    {
        if (_storage is null) return new UnreachableException("A disk table without a storage.");

        _watch.Begin(batch.Entries.Count);
        long started = Stopwatch.GetTimestamp();
        Exception? failure = null;
        try
        {
            _storage.WriteAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        // What became of the batch is fixed before anything that listens may run.
        _watch.End();
        _metrics?.BatchWritten(
            batch.Entries.Count, Stopwatch.GetElapsedTime(started), failure is null);
        return failure;
    }
}
