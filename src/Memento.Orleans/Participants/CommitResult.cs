using Memento.Messages;
using Memento.Storage;

namespace Memento.Participants;

/// <summary>How a commit ended, with the error or the reason to try again.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Error">Why nothing was kept; null if it is committed.</param>
internal readonly record struct CommitResult(CommitStatus Status, MementoException? Error = null)
{
    public static CommitResult Committed { get; } = new(CommitStatus.Committed);

    public TransactionOutcome Outcome => Status == CommitStatus.Committed
        ? TransactionOutcome.Committed
        : TransactionOutcome.Aborted;

    public static CommitResult TryAgain(string why)
        => new(CommitStatus.TryAgain, new TransactionConflictException(why));

    public static CommitResult Failed(MementoException error) => new(CommitStatus.Failed, error);
}
