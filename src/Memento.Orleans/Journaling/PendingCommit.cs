using Memento.Storage;

namespace Memento.Journaling;

/// <summary>
/// A commit that others may see and whose caller has not been told yet: it waits for the journal.
/// Keeps what it replaced, to be taken back if it is refused.
/// </summary>
/// <param name="entry">The rows to write; null where there are none.</param>
/// <param name="parts">What it changed, partition by partition.</param>
/// <param name="dependsOn">
/// The latest journal position that its transaction has seen the effect of.
/// </param>
/// <param name="transactionId">Its transaction, where it has no entry that says so.</param>
internal sealed class PendingCommit(
    JournalEntry? entry,
    IReadOnlyList<ITakeBack> parts,
    long dependsOn = 0,
    Guid transactionId = default)
{
    private static readonly Action IsKept = static () => { };

    private readonly TaskCompletionSource _durable =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _hasFailed;
    private Action? _whenKept;

    /// <summary>
    /// The rows to write; null where the commit has none and only waits for what it has seen.
    /// </summary>
    public JournalEntry? Entry { get; } = entry;

    /// <summary>What it changed, partition by partition.</summary>
    public IReadOnlyList<ITakeBack> Parts { get; } = parts;

    /// <summary>
    /// The latest position that its transaction has seen the effect of, so that it goes where that
    /// goes; 0 where it has seen nothing that may go.
    /// </summary>
    public long DependsOn { get; } = dependsOn;

    public Guid TransactionId { get; } = entry?.TransactionId ?? transactionId;

    /// <summary>Whether it is nobody's commit, and only marks a place that is waited for.</summary>
    public bool IsMarker => TransactionId == Guid.Empty;

    /// <summary>Its place in the journal, 1 or more, set when it is appended.</summary>
    public long Position { get; set; }

    /// <summary>
    /// Set before anything is taken back, so that a part which comes late is not applied.
    /// </summary>
    public bool HasFailed
    {
        get => _hasFailed;
        set => _hasFailed = value;
    }

    /// <summary>Ends when the commit is durable, or with the reason why it never will be.</summary>
    public Task Durable => _durable.Task;

    /// <summary>
    /// Runs an action when it is durable, before its caller is told; also where the caller was told
    /// before that it is in doubt, and it was kept after all. Called once at the most.
    /// </summary>
    public void WhenKept(Action action)
    {
        if (Interlocked.CompareExchange(ref _whenKept, action, null) is not null) action();
    }

    public void Succeed()
    {
        Interlocked.Exchange(ref _whenKept, IsKept)?.Invoke();
        _durable.TrySetResult();
    }

    public void Fail(Exception reason) => _durable.TrySetException(reason);
}
