namespace Memento.LogStorage;

/// <summary>
/// The changes of a silo on their way into the log. Those that come while others are being
/// appended are appended together.
/// </summary>
internal sealed class LogAppender(SharedLog log) : IAsyncDisposable
{
    /// <summary>
    /// How often a place in the log is tried, before the provider is taken for one that does not
    /// show what it has.
    /// </summary>
    private const int MostRounds = 1_000;

    private readonly Lock _queueGate = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private List<PendingChange> _queue = [];
    private Task _running = Task.CompletedTask;
    private bool _isRunning;
    private bool _isClosed;

    /// <summary>Called after each group; ends when the next group may be appended.</summary>
    public Func<Task>? Appended { get; set; }

    /// <summary>
    /// Appends a change, and gives its result. A change of one kind has no result, or an exception
    /// for a batch that was not kept.
    /// </summary>
    /// <exception cref="StorageException">
    /// Nothing of the change was kept, or it is lost and may be made again.
    /// </exception>
    /// <exception cref="NoAnswerException">It is not known whether it was kept.</exception>
    public Task<object?> AppendAsync(LogChange change)
    {
        var pending = new PendingChange(change);
        lock (_queueGate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(GrainJournalStorage));
            _queue.Add(pending);
            if (!_isRunning)
            {
                _isRunning = true;
                using (ExecutionContext.IsFlowSuppressed()
                    ? default
                    : ExecutionContext.SuppressFlow())
                {
                    _running = Task.Run(RunAsync);
                }
            }
        }

        return pending.Result.Task;
    }

    /// <summary>
    /// Looks at the log, with all that was appended before the call. Nothing is in doubt then.
    /// </summary>
    /// <exception cref="StorageException">It cannot be read now.</exception>
    public Task<T> LookAsync<T>(Func<SharedLog, T> look, CancellationToken cancellationToken)
        => UseAsync(
            async log =>
            {
                await log.SettleAsync().ConfigureAwait(false);
                await log.CatchUpAsync().ConfigureAwait(false);
                return look(log);
            },
            cancellationToken);

    /// <summary>Uses the log, which nobody else does meanwhile.</summary>
    public async Task<T> UseAsync<T>(
        Func<SharedLog, Task<T>> use, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(GrainJournalStorage));
            return await use(log).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Appends what is queued, and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_queueGate)
        {
            _isClosed = true;
            running = _running;
        }

        // The gate stays: those that still wait at it are told.
        await running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            List<PendingChange> group;
            lock (_queueGate)
            {
                if (_queue.Count == 0)
                {
                    _isRunning = false;
                    return;
                }

                group = _queue;
                _queue = [];
            }

            await _gate.WaitAsync().ConfigureAwait(false);
            try
            {
                await AppendAsync(group).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                foreach (PendingChange each in group)
                    each.Result.TrySetException(failure);
            }
            finally
            {
                _gate.Release();
            }

            if (Appended is not null) await Appended().ConfigureAwait(false);
        }
    }

    private async Task AppendAsync(List<PendingChange> group)
    {
        await log.SettleAsync().ConfigureAwait(false);
        bool isCaughtUp = false;
        for (int round = 1; ; round++)
        {
            if (round > MostRounds) throw log.NoPlace();

            // A batch comes before what may fence it off. There is one at the most: the journal
            // writes one at a time.
            group.Sort(static (left, right) => left.Order.CompareTo(right.Order));
            if (log.Content.Refusal(group[0].Change) is { } refusal)
            {
                // It is refused by all of the log, and not by what this silo knows of it.
                if (!isCaughtUp) await log.CatchUpAsync().ConfigureAwait(false);
                isCaughtUp = true;
                refusal = log.Content.Refusal(group[0].Change);
                if (refusal is not null)
                {
                    group[0].Result.TrySetResult(refusal);
                    group.RemoveAt(0);
                    if (group.Count == 0) return;
                    continue;
                }
            }

            object?[]? results = await TryAppendAsync(group).ConfigureAwait(false);
            isCaughtUp = true;
            if (results is null) continue;

            for (int index = 0; index < results.Length; index++)
                group[index].Result.TrySetResult(results[index]);
            return;
        }
    }

    /// <summary>The results; null if the group is not in the log, and may be appended.</summary>
    private async Task<object?[]?> TryAppendAsync(List<PendingChange> group)
    {
        try
        {
            return await log.TryAppendAsync([.. group.Select(static each => each.Change)])
                .ConfigureAwait(false);
        }
        catch (NoAnswerException lost)
        {
            try
            {
                object?[]? results = await log.SettleAsync().ConfigureAwait(false);
                return results is not null || lost.IsOutdated ? results : throw lost.Reason;
            }
            catch (StorageException) when (log.IsInDoubt)
            {
                throw lost;
            }
        }
    }

    private sealed record PendingChange(LogChange Change)
    {
        public TaskCompletionSource<object?> Result { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Order => Change is BatchChange ? 0 : 1;
    }
}
