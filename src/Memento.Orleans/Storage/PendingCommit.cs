using Memento.Partitions;

namespace Memento.Storage;

/// <summary>
/// A commit that others may see and whose caller has not been told yet: it waits for the journal. Keeps
/// what it replaced, to be taken back if its batch fails.
/// </summary>
internal sealed class PendingCommit(JournalEntry? entry, IReadOnlyList<Partition> partitions)
{
    private readonly AppliedWrite[]?[] _applied = new AppliedWrite[]?[partitions.Count];
    private readonly TaskCompletionSource _durable =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _hasFailed;

    /// <summary>
    /// The rows to write; null where the commit has none and only waits for what it has seen.
    /// </summary>
    public JournalEntry? Entry { get; } = entry;

    public IReadOnlyList<Partition> Partitions { get; } = partitions;

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

    /// <summary>Called by a partition, under its gate.</summary>
    public void Applied(int part, AppliedWrite[] writes) => _applied[part] = writes;

    /// <summary>Called by a partition, under its gate; empty where nothing was applied.</summary>
    public AppliedWrite[] TakeApplied(int part)
    {
        AppliedWrite[] writes = _applied[part] ?? [];
        _applied[part] = null;
        return writes;
    }

    public void Succeed() => _durable.TrySetResult();

    public void Fail(Exception reason) => _durable.TrySetException(reason);
}
