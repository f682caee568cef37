namespace Memento.Storage;

/// <summary>
/// A commit that others may see and whose caller has not been told yet: it waits for the journal. Keeps
/// what it replaced, to be taken back if its batch fails.
/// </summary>
internal sealed class PendingCommit(JournalEntry? entry, IReadOnlyList<ITakeBack> parts)
{
    private readonly TaskCompletionSource _durable =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _hasFailed;

    /// <summary>
    /// The rows to write; null where the commit has none and only waits for what it has seen.
    /// </summary>
    public JournalEntry? Entry { get; } = entry;

    /// <summary>What it changed, partition by partition.</summary>
    public IReadOnlyList<ITakeBack> Parts { get; } = parts;

    /// <summary>Its place in the journal, 1 or more, set when it is appended.</summary>
    public long Position { get; set; }

    /// <summary>Set before anything is taken back, so that a part which comes late is not applied.</summary>
    public bool HasFailed
    {
        get => _hasFailed;
        set => _hasFailed = value;
    }

    /// <summary>Ends when the commit is durable, or with the reason why it never will be.</summary>
    public Task Durable => _durable.Task;

    public void Succeed() => _durable.TrySetResult();

    public void Fail(Exception reason) => _durable.TrySetException(reason);
}
