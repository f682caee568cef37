namespace Memento.LogStorage;

/// <summary>
/// The log that all silos of a cluster append to: states with the numbers 1, 2, 3 and so on, which
/// are only ever made and never replaced. Of two silos that make the same one, one fails, reads
/// what the other has written, and goes on behind it. So the order of the states decides
/// everything.
/// </summary>
/// <remarks>
/// All members are called under the gate of the <see cref="LogAppender"/>.
///
/// What must hold: A state is made only after all states before it were read, so what a group says
/// of the log before it is true. A state that may still come is settled before anything else is
/// done: a state with nothing in it takes its place, so that it cannot come any more.
///
/// States that a checkpoint has are cleared, and could then be made again. So a silo that has not
/// looked at the root for <see cref="RootAge"/> looks again, after it has read or made a state and
/// before it believes it; and the states are cleared only <see cref="ClearDelay"/> after the root
/// has passed them. A look that is younger than the rest of the two says of all states behind its
/// checkpoint that they were not cleared: so this silo may take over the next checkpoint.
/// </remarks>
internal sealed partial class SharedLog(StateStore states, TimeProvider time, int maxStateBytes)
{
    /// <summary>How long a look at the root counts.</summary>
    public static readonly TimeSpan RootAge = TimeSpan.FromSeconds(10);

    /// <summary>How long states stay after a checkpoint no longer needs them.</summary>
    public static readonly TimeSpan ClearDelay = TimeSpan.FromSeconds(30);

    /// <summary>How many states are read at once when much is to be read.</summary>
    private const int Ahead = 8;

    private const int PausesForOthers = 50;
    private static readonly TimeSpan PauseForOthers = TimeSpan.FromMilliseconds(20);

    private readonly Guid _writer = Guid.NewGuid();
    private readonly LogClock _clock = new(time);
    private LogTail _tail = new(0);
    private KnownState? _rootState;
    private long _rootSeen;
    private DateTimeOffset _rootSeenAt;
    private bool _isRootReplaced;
    private long _number;
    private LogGroup? _lost;
    private object?[]? _found;

    /// <summary>This run of this silo.</summary>
    public Guid Writer => _writer;

    /// <summary>The content up to the last state that was read.</summary>
    public LogContent Content { get; private set; } = new(LogImage.Empty);

    /// <summary>Where the last checkpoint is.</summary>
    public LogRoot Root { get; private set; } = LogRoot.Empty;

    /// <summary>The image of that checkpoint.</summary>
    public LogImage Image { get; private set; } = LogImage.Empty;

    /// <summary>The bytes of the log behind the last checkpoint.</summary>
    public long Bytes { get; private set; }

    /// <summary>The first position of the last batch of this silo that the log has.</summary>
    public long LastBatch => Content.MarkOf(_writer).Batch;

    /// <summary>Whether a group of this silo may still appear in the log.</summary>
    public bool IsInDoubt => _lost is not null;

    /// <summary>Reads the log; makes it where there is none.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public async Task OpenAsync()
    {
        if (await states.ReadAsync(StateKeys.Root).ConfigureAwait(false) is null)
        {
            await RefuseLogWithoutRootAsync().ConfigureAwait(false);
            try
            {
                // Another silo may make it in between.
                await states.TryCreateAsync(StateKeys.Root, LogRoot.Empty.Write())
                    .ConfigureAwait(false);
            }
            catch (NoAnswerException lost)
            {
                throw lost.Reason;
            }
        }

        await LookAtRootAsync().ConfigureAwait(false);
        await ReadOnAsync(Ahead).ConfigureAwait(false);
    }

    /// <summary>Reads what others have appended.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public async Task CatchUpAsync()
    {
        do
        {
            if (IsRootOld) await LookAtRootAsync().ConfigureAwait(false);
            await ReadOnAsync(ahead: 1).ConfigureAwait(false);
        }
        while (IsRootOld);
    }

    /// <summary>
    /// Appends a group. Its results; null if another silo was faster. Then the log was read, and
    /// the caller decides anew.
    /// </summary>
    /// <exception cref="StorageException">The storage refused; nothing was appended.</exception>
    /// <exception cref="NoAnswerException">
    /// The group may be in the log, or come; <see cref="SettleAsync"/> finds out.
    /// </exception>
    public async Task<object?[]?> TryAppendAsync(IReadOnlyList<LogChange> changes)
    {
        var group = new LogGroup(_writer, ++_number, _clock.Now, changes);
        List<byte[]> parts = LogGroupCodec.Write(group, maxStateBytes);
        for (int index = 0; index < parts.Count; index++)
        {
            bool isOurs;
            try
            {
                isOurs = await TryMakeAsync(_tail.Next + index, parts[index])
                    .ConfigureAwait(false);
            }
            catch (NoAnswerException)
            {
                Lose(group);
                throw;
            }

            if (isOurs) continue;
            await CatchUpAsync().ConfigureAwait(false);
            await LetOthersEndAsync().ConfigureAwait(false);
            return null;
        }

        if (IsRootOld) await RequirePlaceAsync(group).ConfigureAwait(false);
        _tail.TakeAll(parts.Count);
        Bytes += parts.Sum(static part => part.Length);
        return Apply(group);
    }

    /// <summary>
    /// Finds out what became of the lost group. Its results; null if it will never be in the log.
    /// </summary>
    /// <exception cref="StorageException">
    /// It cannot be found out now; or it is in the log, and its results are not known.
    /// </exception>
    public async Task<object?[]?> SettleAsync()
    {
        if (_lost is not { } lost) return null;

        while (_lost is not null)
        {
            await CatchUpAsync().ConfigureAwait(false);
            long last = Content.MarkOf(_writer).Group;
            if (last >= lost.Number)
            {
                // A later number is the one that took its place.
                _lost = null;
                return last > lost.Number ? null : _found ?? ResultsOf(lost);
            }

            try
            {
                // It takes the place that the lost one would have.
                if (await TryAppendAsync([]).ConfigureAwait(false) is not null) _lost = null;
            }
            catch (NoAnswerException again)
            {
                Lose(lost);
                throw again.Reason;
            }
        }

        return null;
    }

    /// <summary>The error where no place of the log can be taken.</summary>
    public StorageException NoPlace() => new(
        $"State '{StateKeys.Log(_tail.Next)}' of {states.Place} can neither be made nor read, so "
        + "the provider does not show what it has. Use a provider whose reads see every write.");

    /// <summary>Replaces the root; false if another silo has done so in between.</summary>
    /// <exception cref="StorageException">It could not be replaced.</exception>
    public async Task<bool> TryReplaceRootAsync(LogRoot root)
    {
        try
        {
            KnownState? written = await states.TryWriteAsync(
                StateKeys.Root, root.Write(), _rootState!.Version).ConfigureAwait(false);
            if (written is null)
            {
                _isRootReplaced = true;
                return false;
            }

            Root = root;
            _rootState = written;
            return true;
        }
        catch (NoAnswerException lost)
        {
            // Whichever it is: the next look at the root says it.
            _isRootReplaced = true;
            throw lost.Reason;
        }
    }

    /// <summary>Takes over a checkpoint that this silo has written.</summary>
    public void Install(LogImage image, long logBytes)
    {
        Image = image;
        Bytes -= logBytes;
    }

    /// <summary>
    /// Makes a state of the log; false if another silo has made it. A provider that repeats a call
    /// by itself may find there what it has made itself.
    /// </summary>
    private async Task<bool> TryMakeAsync(long number, byte[] part)
    {
        string key = StateKeys.Log(number);
        if (await states.TryCreateAsync(key, part).ConfigureAwait(false)) return true;

        try
        {
            KnownState? there = await states.ReadAsync(key).ConfigureAwait(false);
            return there is not null && there.Content.Span.SequenceEqual(part);
        }
        catch (StorageException failure)
        {
            throw new NoAnswerException(failure);
        }
    }

    /// <summary>
    /// A checkpoint may have passed the place of a group that was just written. Then it was no
    /// place of the log any more, or the checkpoint has the group.
    /// </summary>
    private async Task RequirePlaceAsync(LogGroup group)
    {
        long place = _tail.Next;
        Lose(group);
        try
        {
            await LookAtRootAsync().ConfigureAwait(false);
        }
        catch (StorageException failure)
        {
            throw new NoAnswerException(failure);
        }

        if (_tail.Next == place)
        {
            _lost = null;
            return;
        }

        throw new NoAnswerException(
            new StorageException(
                $"This silo stood still for so long that it is not known whether the log in "
                + $"{states.Place} has the change. Try again."),
            isOutdated: true);
    }

    /// <summary>
    /// Waits for the end of a group of another silo, as long as it gets on; otherwise a long group
    /// would never find its places side by side.
    /// </summary>
    private async Task LetOthersEndAsync()
    {
        long next = 0;
        for (int pause = 0; IsOpenOfOther && pause < PausesForOthers; pause++)
        {
            if (_tail.Next != next) pause = 0;
            next = _tail.Next;
            await Task.Delay(PauseForOthers, time).ConfigureAwait(false);
            await CatchUpAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The results of a group that a checkpoint has swallowed: a batch in the log was kept.
    /// </summary>
    private object?[] ResultsOf(LogGroup group)
        => [.. group.Changes.Select(change => change is RaiseChange or DecideChange or ClaimChange
            ? new StorageException(
                $"{states.Place} has made a change whose result is not known any more. Ask again.")
            : (object?)null)];

    private bool IsOpenOfOther => _tail.OpenWriter is { } writer && writer != _writer;

    /// <summary>
    /// By either clock: the monotonic one may stand still while the machine is suspended.
    /// </summary>
    private bool IsRootOlderThan(TimeSpan age)
        => time.GetElapsedTime(_rootSeen) > age
        || (time.GetUtcNow() - _rootSeenAt).Duration() > age;

    private bool IsRootOld => _isRootReplaced || IsRootOlderThan(RootAge);

    private void Lose(LogGroup group)
    {
        _lost = group;
        _found = null;
    }

    private object?[] Apply(LogGroup group)
    {
        object?[] results = Content.Apply(group, _tail.Next - 1);
        _clock.See(Content.At);
        return results;
    }
}
