using Memento.Locks;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Messages;

/// <summary>
/// Operations of a transaction on one partition, in the order of the calls, with the header that a
/// partition needs.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ExecuteRequest")]
internal sealed record ExecuteRequest
{
    /// <summary>The most operations that a message brings.</summary>
    public const int MaxOperations = 1_000;

    /// <summary>
    /// How many bytes of keys and documents end a message; a larger operation travels alone.
    /// </summary>
    public const int MaxBytes = 1_048_576;

    [Id(0)]
    public required Guid TransactionId { get; init; }

    /// <summary>
    /// The age; null at first from a client, which takes the one that it gets back.
    /// </summary>
    [Id(1)]
    public required TransactionAge? Age { get; init; }

    /// <summary>What is left of the time limit: clocks differ, spans do not.</summary>
    [Id(2)]
    public required TimeSpan Remaining { get; init; }

    [Id(3)]
    public required IReadOnlyList<OperationRequest> Operations { get; init; }

    /// <summary>
    /// How the caller registered the table; a silo refuses another way than its own.
    /// </summary>
    [Id(4)]
    public TableRegistration? Registration { get; init; }

    /// <summary>The nested bodies that run; null where the transaction has had none.</summary>
    [Id(5)]
    public OpenSavepoints? Open { get; init; }
}

/// <summary>The answers to the operations of a message, in their order.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ExecuteResponse")]
internal sealed record ExecuteResponse
{
    /// <summary>The transaction's age; null where it did not get to begin.</summary>
    [Id(0)]
    public required TransactionAge? Age { get; init; }

    [Id(1)]
    public required IReadOnlyList<OperationResponse> Operations { get; init; }
}

/// <summary>An operation, and the savepoints under which it was called.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Savepoint">The innermost savepoint, or 0.</param>
/// <param name="Around">The savepoints around that one, the innermost first; null: none.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OperationRequest")]
internal sealed record OperationRequest(
    [property: Id(0)] Operation Operation,
    [property: Id(1)] long Savepoint,
    [property: Id(2)] long[]? Around = null);

/// <summary>What came of one operation of a message.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OperationResponse")]
internal sealed record OperationResponse
{
    /// <summary>The answer, where it was carried out.</summary>
    [Id(0)]
    public Answer? Answer { get; init; }

    /// <summary>What went wrong; a conflict ends the attempt.</summary>
    [Id(1)]
    public Exception? Error { get; init; }

    /// <summary>
    /// It has not been carried out yet and is to be asked for again: its lock is not there and the
    /// message would outlive the response time-out, or the answers before it filled the message.
    /// </summary>
    [Id(2)]
    public bool IsStillWaiting { get; init; }
}
