namespace Memento.Partitions.Operations;

/// <summary>What one partition has of a query's results, or the next part of it.</summary>
internal sealed class Chunk
{
    /// <summary>The records, in the query's order; none where they are only counted.</summary>
    public required IReadOnlyList<object> Records { get; init; }

    /// <summary>
    /// The place of each record in the query's order, by which partitions are merged; null where there
    /// is no order.
    /// </summary>
    public required IReadOnlyList<byte[]>? Places { get; init; }

    /// <summary>How many records there are, also where they are only counted.</summary>
    public required long Count { get; init; }

    /// <summary>How many records were looked at.</summary>
    public required long Read { get; init; }

    /// <summary>Which of the ways that were offered was taken.</summary>
    public int Way { get; init; }

    /// <summary>How many ranges, or keys, were locked for it.</summary>
    public int Locked { get; init; }

    /// <summary>Whether the partition is locked as a whole.</summary>
    public bool LocksPartition { get; init; }

    /// <summary>Where the next part begins, behind this place; null: this is the last part.</summary>
    public required byte[]? Last { get; init; }
}
