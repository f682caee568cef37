using Memento.Partitions;

namespace Memento.Messages;

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
