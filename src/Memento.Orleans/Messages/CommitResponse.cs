
namespace Memento.Messages;

/// <summary>How a commit ended.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CommitResponse")]
internal sealed record CommitResponse(
    [property: Id(0)] CommitStatus Status,
    [property: Id(1)] MementoException? Error);
