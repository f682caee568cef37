using Memento.Partitions.Locks;

namespace Memento.Messages;

/// <summary>The answer to an operation.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ExecuteResponse")]
internal sealed record ExecuteResponse
{
    /// <summary>The transaction's age.</summary>
    [Id(0)]
    public required TransactionAge Age { get; init; }

    [Id(1)]
    public Answer? Answer { get; init; }

    /// <summary>What went wrong; a conflict ends the attempt.</summary>
    [Id(2)]
    public MementoException? Error { get; init; }

    /// <summary>
    /// The lock is not there yet, and the message would outlive the response time-out: ask again.
    /// </summary>
    [Id(3)]
    public bool IsStillWaiting { get; init; }
}
