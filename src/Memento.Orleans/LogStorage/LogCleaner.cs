namespace Memento.LogStorage;

/// <summary>
/// Clears what no checkpoint needs any more: states of the log, and runs. It waits for a while
/// after the checkpoint (see <see cref="SharedLog"/>), and until nobody here reads a run.
/// </summary>
internal sealed class LogCleaner(StateStore states, TimeProvider time) : IDisposable
{
    /// <summary>How many states are cleared at once.</summary>
    private const int Width = 8;

    private readonly SemaphoreSlim _running = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<long, int> _readers = [];
    private readonly Dictionary<long, Waste> _waste = [];
    private readonly Queue<(long Since, LogRoot Root, LogImage Image)> _waiting = [];
    private readonly HashSet<long> _gone = [];
    private long _due;
    private long _cleared;

    /// <summary>The states of the log up to this number are cleared.</summary>
    public long Cleared => Volatile.Read(ref _cleared);

    /// <summary>Clears what a checkpoint does not need, after a while.</summary>
    /// <param name="root">What other silos have cleared already.</param>
    /// <param name="image">The checkpoint.</param>
    public void Clear(LogRoot root, LogImage image)
    {
        lock (_gate)
            _waiting.Enqueue((time.GetTimestamp(), root, image));
    }

    /// <summary>What of some waste is not cleared yet.</summary>
    public IReadOnlyList<Waste> Remaining(IReadOnlyList<Waste> waste)
    {
        lock (_gate)
        {
            _gone.IntersectWith(waste.Select(static each => each.Run));
            return [.. waste.Where(each => !_gone.Contains(each.Run))];
        }
    }

    /// <summary>Keeps runs until the end of what it gives.</summary>
    public IDisposable Read(IReadOnlyList<Run> runs)
    {
        lock (_gate)
        {
            foreach (Run run in runs)
                _readers[run.Id] = _readers.GetValueOrDefault(run.Id) + 1;
        }

        return new Reading(this, runs);
    }

    /// <summary>Clears what is due.</summary>
    /// <exception cref="StorageException">
    /// The storage refused. What is left is cleared by a later call.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ClearDueAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _running.Release();
        }
    }

    public void Dispose() => _running.Dispose();

    private async Task ClearDueAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out var next)
                && time.GetElapsedTime(next.Since) >= SharedLog.ClearDelay)
            {
                _waiting.Dequeue();
                _due = Math.Max(_due, next.Image.Position);
                Volatile.Write(ref _cleared, Math.Max(_cleared, next.Root.Cleared));
                foreach (Waste each in next.Image.Waste)
                    _waste[each.Run] = each;
            }
        }

        while (_cleared < _due)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(Width, _due - _cleared);
            await Task.WhenAll(Enumerable.Range(1, count).Select(
                next => states.ClearAsync(StateKeys.Log(_cleared + next)))).ConfigureAwait(false);
            Volatile.Write(ref _cleared, _cleared + count);
        }

        foreach (Waste each in _waste.Values.Where(IsUnread).ToArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await ClearAsync(each).ConfigureAwait(false);
            lock (_gate)
            {
                _waste.Remove(each.Run);
                _gone.Add(each.Run);
            }
        }
    }

    private async Task ClearAsync(Waste waste)
    {
        for (int piece = 0; waste.Pieces is null || piece < waste.Pieces; piece++)
        {
            string key = StateKeys.Piece(waste.Run, piece);
            bool isLast = waste.Pieces is null
                && await states.ReadAsync(key).ConfigureAwait(false) is null;
            if (isLast) return;
            await states.ClearAsync(key).ConfigureAwait(false);
        }
    }

    private bool IsUnread(Waste waste)
    {
        lock (_gate)
            return !_readers.ContainsKey(waste.Run);
    }

    private sealed class Reading(LogCleaner cleaner, IReadOnlyList<Run> runs) : IDisposable
    {
        public void Dispose()
        {
            lock (cleaner._gate)
            {
                foreach (Run run in runs)
                {
                    if (--cleaner._readers[run.Id] == 0) cleaner._readers.Remove(run.Id);
                }
            }
        }
    }
}
