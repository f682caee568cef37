using Memento.Storage;

namespace Memento.Journaling;

/// <summary>
/// A commit that waits for the journal: other transactions may see it, and its caller has no answer
/// yet. It keeps what it replaced, so that it can be taken back if it is refused.
/// </summary>
/// <param name="entry">The rows to write; null if there are none.</param>
/// <param name="parts">Its changes, partition by partition.</param>
/// <param name="dependsOn">
/// The latest journal position whose effect its transaction has seen.
/// </param>
/// <param name="transactionId">The id of its transaction, if it has no entry with the id.</param>
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
    /// The rows to write; null if the commit has none, and only waits for the commits that it has
    /// seen.
    /// </summary>
    public JournalEntry? Entry { get; } = entry;

    /// <summary>Its changes, partition by partition.</summary>
    public IReadOnlyList<ITakeBack> Parts { get; } = parts;

    /// <summary>
    /// The latest position whose effect its transaction has seen: if that commit is taken back,
    /// this one is too. 0 if it has seen no commit that may be taken back.
    /// </summary>
    public long DependsOn { get; } = dependsOn;

    public Guid TransactionId { get; } = entry?.TransactionId ?? transactionId;

    /// <summary>Whether it is not a commit, and only marks a position for a flush.</summary>
    public bool IsMarker => TransactionId == Guid.Empty;

    /// <summary>Its place in the journal, 1 or more, set when it is appended.</summary>
    public long Position { get; set; }

    /// <summary>Set before a part is taken back, so that a late part is not applied.</summary>
    public bool HasFailed
    {
        get => _hasFailed;
        set => _hasFailed = value;
    }

    /// <summary>
    /// Ends when the commit is durable; fails with the reason if it never will be.
    /// </summary>
    public Task Durable => _durable.Task;

    /// <summary>
    /// Runs an action when the commit is durable, before its caller gets the answer. It also runs
    /// if the caller was told that the commit is in doubt, and it was kept. Called once at the
    /// most.
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
