using Memento.Partitions;
using Memento.Tables;

namespace Memento.Messages;

/// <summary>
/// What a silo says when it applies no commit any more, so that a cut can be taken over all silos.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CloseAnswer")]
internal sealed record CloseAnswer
{
    /// <summary>Why it could not be closed; null: it is.</summary>
    [Id(0)]
    public string? Refusal { get; init; }

    /// <summary>Its clock.</summary>
    [Id(1)]
    public long Clock { get; init; }

    /// <summary>Transactions over several silos that are sealed here and not decided.</summary>
    [Id(2)]
    public Guid[] Pending { get; init; } = [];

    /// <summary>The silo that decides each of them; null: the members do.</summary>
    [Id(3)]
    public SiloAddress?[] Coordinators { get; init; } = [];

    /// <summary>
    /// Transactions over several silos that are committed, and that some silos may not have applied
    /// yet.
    /// </summary>
    [Id(4)]
    public Guid[] Committed { get; init; } = [];

    /// <summary>The silos that may have partitions, as this one knows them, with itself.</summary>
    [Id(5)]
    public SiloAddress[] Serving { get; init; } = [];

    /// <summary>The silos with parts of the commits that this one has not decided yet.</summary>
    [Id(6)]
    public SiloAddress[] Undecided { get; init; } = [];

    /// <summary>The number of this closing in the silo: it may have opened since.</summary>
    [Id(7)]
    public long Closing { get; init; }

    public static CloseAnswer Refused(string why) => new() { Refusal = why };
}

/// <summary>Tells a silo that is closed to take its part of a cut, and to open again.</summary>
/// <param name="Cut">The id with which it was closed.</param>
/// <param name="Snapshot">The snapshot that shows the cut.</param>
/// <param name="Stamp">The stamp of the snapshot, above that of every commit in it.</param>
/// <param name="Committed">The transactions to apply before, where they are sealed.</param>
/// <param name="MaxAge">How long the snapshot lives at the most.</param>
/// <param name="Reader">The silo that reads it, with which it ends.</param>
/// <param name="Closing">The number of the closing, as the silo has answered it.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CutOrder")]
internal sealed record CutOrder(
    [property: Id(0)] Guid Cut,
    [property: Id(1)] Guid Snapshot,
    [property: Id(2)] long Stamp,
    [property: Id(3)] Guid[] Committed,
    [property: Id(4)] TimeSpan MaxAge,
    [property: Id(5)] SiloAddress Reader,
    [property: Id(6)] long Closing = 0);

/// <summary>Whether a silo has taken its part of a cut.</summary>
/// <param name="IsTaken">False: it had opened again, or what it had applied was taken back.</param>
/// <param name="Error">Why nobody knows whether what the cut shows is durable; null: it is.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CutAnswer")]
internal sealed record CutAnswer(
    [property: Id(0)] bool IsTaken, [property: Id(1)] MementoException? Error = null);

/// <summary>Reads a partition as a snapshot shows it.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SnapshotRead")]
internal sealed record SnapshotRead
{
    [Id(0)]
    public required Guid Snapshot { get; init; }

    [Id(1)]
    public required string Table { get; init; }

    [Id(2)]
    public required int Number { get; init; }

    /// <summary>What to read; null: only whether the partition is there.</summary>
    [Id(3)]
    public Operation? Operation { get; init; }

    /// <summary>The caller's registration of the table.</summary>
    [Id(4)]
    public TableRegistration? Registration { get; init; }
}

/// <summary>The answer to a <see cref="SnapshotRead"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SnapshotAnswer")]
internal sealed record SnapshotAnswer
{
    /// <summary>The result; null: it was not read.</summary>
    [Id(0)]
    public Answer? Answer { get; init; }

    [Id(1)]
    public Exception? Error { get; init; }

    /// <summary>Whether the partition was in the silo at the cut.</summary>
    [Id(2)]
    public bool WasThere { get; init; }

    /// <summary>The number of its ownership in the silo; 0: it has never been there.</summary>
    [Id(3)]
    public long Ownership { get; init; }

    /// <summary>The silos that may have had it last before.</summary>
    [Id(4)]
    public SiloAddress[] OwnersBefore { get; init; } = [];
}
