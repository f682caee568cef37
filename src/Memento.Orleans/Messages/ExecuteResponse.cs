using Memento.Locks;

namespace Memento.Messages;

/// <summary>The answers to the operations of a message, in their order.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ExecuteResponse")]
internal sealed record ExecuteResponse
{
    /// <summary>
    /// How many bytes of documents end a message: operations behind those are asked for again.
    /// </summary>
    public const int MaxBytes = 1_048_576;

    /// <summary>The transaction's age; null where it did not get to begin.</summary>
    [Id(0)]
    public required TransactionAge? Age { get; init; }

    [Id(1)]
    public required IReadOnlyList<OperationResponse> Operations { get; init; }
}
