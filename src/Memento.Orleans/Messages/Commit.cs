using Memento.Partitions;
using Memento.Storage;

namespace Memento.Messages;

/// <summary>A commit, or an abort, whose caller is in another process.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CommitRequest")]
internal sealed record CommitRequest(
    [property: Id(0)] Guid TransactionId,
    [property: Id(1)] IReadOnlyList<NamedParticipant> Participants)
{
    /// <summary>The highest stamp that the sender knows.</summary>
    [Id(2)]
    public long Clock { get; init; }

    /// <summary>The participants that are not ours; null: there are none.</summary>
    [Id(3)]
    public ForeignParts? Foreign { get; init; }

    /// <summary>The same without the writes that were kept back.</summary>
    public CommitRequest WithoutWrites()
        => this with
        {
            Participants = [.. Participants.Select(static each => each.WithoutWrites())],
        };
}

/// <summary>How the commit of one attempt ended; the default value is not a commit.</summary>
/// <param name="IsCommitted">Whether it is committed, and as durable as its tables.</param>
/// <param name="Error">
/// Why it is not known to be committed. After a conflict nothing was kept, for a reason outside the
/// transaction.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CommitResult")]
internal readonly record struct CommitResult(
    [property: Id(0)] bool IsCommitted, [property: Id(1)] MementoException? Error)
{
    public static CommitResult Committed => new(IsCommitted: true, Error: null);

    /// <summary>
    /// The numbers that the transaction has used, for the caller, which gives higher ones from then
    /// on; null: none, or they are known.
    /// </summary>
    [Id(2)]
    public IReadOnlyList<HighNumber>? Numbers { get; init; }

    /// <summary>
    /// The stamp of the commit, or a later one where its answer was lost; 0: nothing was changed.
    /// </summary>
    [Id(3)]
    public long Stamp { get; init; }

    /// <summary>Whether nothing was kept and another attempt may succeed.</summary>
    public bool MayTryAgain => Error is TransactionConflictException;

    /// <summary>Whether it is not known yet if the transaction was kept.</summary>
    public bool IsInDoubt => Error is TransactionInDoubtException;

    /// <summary>Whether nothing of the transaction was kept.</summary>
    public bool IsRefused => !IsCommitted && !IsInDoubt;

    /// <summary>
    /// The outcome that is remembered. A commit in doubt counts as not known to be kept.
    /// </summary>
    public TransactionOutcome Outcome
        => IsCommitted ? TransactionOutcome.Committed : TransactionOutcome.Aborted;

    /// <summary>It is committed with a stamp; 0: nothing was changed.</summary>
    public static CommitResult CommittedAt(long stamp) => Committed with { Stamp = stamp };

    /// <summary>Nothing was kept, and another attempt may succeed.</summary>
    public static CommitResult TryAgain(string why)
        => Failed(new TransactionConflictException(why));

    /// <summary>It is not known to be committed, and the error says why.</summary>
    public static CommitResult Failed(MementoException error) => new(IsCommitted: false, error);
}

/// <summary>How a transaction has ended whose caller has heard no answer.</summary>
/// <param name="Outcome">Whether it was committed.</param>
/// <param name="Clock">
/// The highest stamp that the silo knows, which is at least the transaction's own.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.DecideAnswer")]
internal readonly record struct DecideAnswer(
    [property: Id(0)] TransactionOutcome Outcome, [property: Id(1)] long Clock);

/// <summary>The highest number among the keys that a transaction has written.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.HighNumber")]
internal sealed record HighNumber([property: Id(0)] string Table, [property: Id(1)] long Number);

/// <summary>
/// A participant in a message: a partition that took part in a transaction, and the number of
/// operations in it.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Number">The partition's number.</param>
/// <param name="Operations">The operations that were answered.</param>
/// <param name="Silo">Where they were carried out; null if the sender does not know.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.NamedParticipant")]
internal sealed record NamedParticipant(
    [property: Id(0)] string Table,
    [property: Id(1)] int Number,
    [property: Id(2)] int Operations,
    [property: Id(3)] SiloAddress? Silo = null)
{
    /// <summary>
    /// The writes that were kept back, which the seal carries out, in their order; null: none. The
    /// transaction holds the locks that they need.
    /// </summary>
    [Id(4)]
    public IReadOnlyList<Operation<bool>>? Writes { get; init; }

    /// <summary>The same without the writes, for a message that only names it.</summary>
    public NamedParticipant WithoutWrites() => Writes is null ? this : this with { Writes = null };
}
