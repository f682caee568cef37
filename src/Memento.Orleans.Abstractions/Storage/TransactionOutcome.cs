namespace Memento.Storage;

/// <summary>What became of a transaction.</summary>
public enum TransactionOutcome
{
    /// <summary>It did not happen, and never will.</summary>
    Aborted = 0,

    /// <summary>It happened, and is durable.</summary>
    Committed = 1,
}
