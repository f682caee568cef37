using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Messages;

/// <summary>
/// The participants of a transaction that are not ours: transactional states of the application.
/// </summary>
/// <param name="Resources">Each with its reads and writes.</param>
/// <param name="TimeStamp">
/// The latest time that they know; the time of the transaction comes after it.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ForeignParts")]
internal sealed record ForeignParts(
    [property: Id(0)] IReadOnlyList<ForeignResource> Resources,
    [property: Id(1)] DateTime TimeStamp)
{
    /// <summary>Those that have written: they are prepared, and wait for the decision.</summary>
    public IEnumerable<ParticipantId> Writers
        => Resources.Where(static each => each.Count.Writes > 0).Select(static each => each.Id);
}

/// <summary>A participant that is not ours.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Count">How often it was read and written; it compares the numbers.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ForeignResource")]
internal readonly record struct ForeignResource(
    [property: Id(0)] ParticipantId Id, [property: Id(1)] AccessCounter Count);
