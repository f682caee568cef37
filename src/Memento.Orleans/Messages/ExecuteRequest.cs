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

    /// <summary>The age; null at first from a client, which takes the one that it gets back.</summary>
    [Id(1)]
    public required TransactionAge? Age { get; init; }

    /// <summary>What is left of the time limit: clocks differ, spans do not.</summary>
    [Id(2)]
    public required TimeSpan Remaining { get; init; }

    [Id(3)]
    public required IReadOnlyList<OperationRequest> Operations { get; init; }

    /// <summary>How the caller registered the table; a silo refuses another way than its own.</summary>
    [Id(4)]
    public TableRegistration? Registration { get; init; }

    /// <summary>The nested bodies that run; null where the transaction has had none.</summary>
    [Id(5)]
    public OpenSavepoints? Open { get; init; }
}
