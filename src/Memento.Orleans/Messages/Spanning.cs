using Memento.Storage;

namespace Memento.Messages;

/// <summary>Who decides a commit if its coordinator does not tell.</summary>
internal enum SpanningDecider
{
    /// <summary>The durable storage, which has its outcome, or will never have it.</summary>
    Storage = 0,

    /// <summary>The members: the transaction is over ram alone.</summary>
    Members = 1,
}

/// <summary>Asks a silo to seal its partitions of a transaction.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SealRequest")]
internal sealed record SealRequest
{
    [Id(0)]
    public required Guid TransactionId { get; init; }

    /// <summary>The silo that decides.</summary>
    [Id(1)]
    public required SiloAddress Coordinator { get; init; }

    /// <summary>All silos with partitions of the transaction.</summary>
    [Id(2)]
    public required IReadOnlyList<SiloAddress> Members { get; init; }

    [Id(3)]
    public required SpanningDecider Decider { get; init; }

    /// <summary>The partitions of this silo.</summary>
    [Id(4)]
    public required IReadOnlyList<NamedParticipant> Participants { get; init; }

    /// <summary>
    /// Whether a silo in which the transaction has only read keeps its locks until the decision,
    /// because a snapshot may be taken meanwhile.
    /// </summary>
    [Id(5)]
    public bool HoldsReaders { get; init; }

    /// <summary>
    /// The stamp that the transaction has if it is committed, unless the decision has a later one.
    /// </summary>
    [Id(6)]
    public required long Stamp { get; init; }
}

/// <summary>What a silo has to commit, or why it does not.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SealAnswer")]
internal sealed record SealAnswer
{
    /// <summary>Why it is not sealed; a conflict if the transaction has to run again.</summary>
    [Id(0)]
    public MementoException? Error { get; init; }

    /// <summary>
    /// Whether anything changes here. If not, its locks are released already, and it hears no more,
    /// unless it is held.
    /// </summary>
    [Id(1)]
    public bool HasChanges { get; init; }

    /// <summary>The rows to write, with the owner numbers that they rely on.</summary>
    [Id(2)]
    public SealedRows? Rows { get; init; }

    /// <summary>The numbers that are used if it is committed; null: none.</summary>
    [Id(3)]
    public IReadOnlyList<HighNumber>? Numbers { get; init; }

    /// <summary>Whether nothing changes here, and its locks are held until the decision.</summary>
    [Id(4)]
    public bool IsHeld { get; init; }

    public static SealAnswer Refused(MementoException error) => new() { Error = error };
}

/// <summary>A part of a journal entry, in a message.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SealedRows")]
internal sealed record SealedRows(
    [property: Id(0)] IReadOnlyList<string> Tables,
    [property: Id(1)] IReadOnlyList<SealedRow> Rows,
    [property: Id(2)] IReadOnlyList<SealedEpoch> Epochs,
    [property: Id(3)] IReadOnlyList<string> Clears)
{
    /// <summary>The rows of an entry. The names of tables are sent once.</summary>
    public static SealedRows Of(JournalEntry entry)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        List<SealedRow> rows = new(entry.Writes.Count);
        foreach (RowWrite each in entry.Writes)
            rows.Add(new SealedRow(NumberOf(each.Table), each.Partition, each.Key, each.Document));
        List<SealedEpoch> epochs = new(entry.Epochs.Count);
        foreach (PartitionEpoch each in entry.Epochs)
            epochs.Add(new SealedEpoch(NumberOf(each.Table), each.Partition, each.Epoch));
        return new SealedRows([.. numbers.Keys], rows, epochs, entry.Clears);

        int NumberOf(string table)
        {
            if (!numbers.TryGetValue(table, out int number))
                numbers.Add(table, number = numbers.Count);
            return number;
        }
    }

    /// <summary>Adds the rows to those of an entry.</summary>
    public void AddTo(List<RowWrite> writes, List<PartitionEpoch> epochs, HashSet<string> clears)
    {
        foreach (SealedRow each in Rows)
            writes.Add(new RowWrite(Tables[each.Table], each.Partition, each.Key, each.Document));
        foreach (SealedEpoch each in Epochs)
            epochs.Add(new PartitionEpoch(Tables[each.Table], each.Partition, each.Epoch));
        clears.UnionWith(Clears);
    }
}

/// <summary>A row; its table is a number in <see cref="SealedRows.Tables"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SealedRow")]
internal readonly record struct SealedRow(
    [property: Id(0)] int Table,
    [property: Id(1)] int Partition,
    [property: Id(2)] byte[] Key,
    [property: Id(3)] byte[]? Document);

/// <summary>An owner number; its table is a number in <see cref="SealedRows.Tables"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SealedEpoch")]
internal readonly record struct SealedEpoch(
    [property: Id(0)] int Table, [property: Id(1)] int Partition, [property: Id(2)] long Epoch);

/// <summary>The decision about a transaction, for a silo that has sealed it.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="IsCommitted">Whether it is committed.</param>
/// <param name="ByMembers">
/// Whether the members have decided it, because its coordinator is dead. Only that counts for a
/// member that has promised to wait for it.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SettleRequest")]
internal sealed record SettleRequest(
    [property: Id(0)] Guid TransactionId,
    [property: Id(1)] bool IsCommitted,
    [property: Id(2)] bool ByMembers = false)
{
    /// <summary>The stamp of the commit; 0: that of the seal.</summary>
    [Id(3)]
    public long Stamp { get; init; }
}

/// <summary>A question of one silo to another about a transaction.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="ForMembers">
/// False: the other is its coordinator. True: the coordinator is dead, and the members decide.
/// Whoever has sealed promises to hear the coordinator no more.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.AskRequest")]
internal sealed record AskRequest(
    [property: Id(0)] Guid TransactionId, [property: Id(1)] bool ForMembers);

/// <summary>What a silo knows of a transaction.</summary>
internal enum MemberAnswer
{
    /// <summary>Nothing. Only its coordinator means by this that it never will be kept.</summary>
    Unknown = 0,

    /// <summary>It is not decided yet.</summary>
    Pending = 1,

    /// <summary>It is kept.</summary>
    Committed = 2,

    /// <summary>It is not kept.</summary>
    Aborted = 3,

    /// <summary>It is sealed, and waits only for what the members decide.</summary>
    Promised = 4,
}
