using Memento.Partitions.Operations;

namespace Memento.Messages;

/// <summary>An operation, and the innermost savepoint under which it was called, or 0.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OperationRequest")]
internal sealed record OperationRequest(
    [property: Id(0)] Operation Operation,
    [property: Id(1)] int Savepoint);
