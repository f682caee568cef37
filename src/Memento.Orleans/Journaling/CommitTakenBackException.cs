namespace Memento.Journaling;

/// <summary>
/// A commit was taken back although nothing was wrong with it: it stood behind a failed one. Never leaves
/// the store: the transaction is run again.
/// </summary>
internal sealed class CommitTakenBackException(Exception? reason = null)
    : Exception("The commit was taken back, because one before it failed.", reason);
