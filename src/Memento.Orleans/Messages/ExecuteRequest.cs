using Memento.Partitions.Locks;
using Memento.Partitions.Operations;

namespace Memento.Messages;

/// <summary>An operation of a transaction, with the header that a partition needs.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ExecuteRequest")]
internal sealed record ExecuteRequest
{
    [Id(0)]
    public required Guid TransactionId { get; init; }

    /// <summary>The age; null at first from a client, which takes the one that it gets back.</summary>
    [Id(1)]
    public required TransactionAge? Age { get; init; }

    /// <summary>What is left of the time limit: clocks differ, spans do not.</summary>
    [Id(2)]
    public required TimeSpan Remaining { get; init; }

    /// <summary>The innermost savepoint, or 0.</summary>
    [Id(3)]
    public required int Savepoint { get; init; }

    [Id(4)]
    public required Operation Operation { get; init; }
}
