namespace Memento.Messages;

/// <summary>How a commit ended.</summary>
internal enum CommitStatus
{
    /// <summary>It is done and as durable as its tables are.</summary>
    Committed = 0,

    /// <summary>Nothing was kept through no fault of the transaction; it may be run again.</summary>
    TryAgain = 1,

    /// <summary>Nothing was kept, and the error says why.</summary>
    Failed = 2,
}
