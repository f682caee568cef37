namespace Memento.Partitions;

/// <summary>What one partition has of a query's results, or the next part of it.</summary>
internal sealed class Chunk
{
    /// <summary>The records, in the query's order; none where they are only counted.</summary>
    public required IReadOnlyList<object> Records { get; init; }

    /// <summary>
    /// The place of each record in the query's order, by which partitions are merged; null where
    /// there is no order.
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

    /// <summary>
    /// Where the next part begins, behind this place; null: this is the last part.
    /// </summary>
    public required byte[]? Last { get; init; }

    /// <summary>
    /// The place of each record behind which the next part would begin, where the chunk ended
    /// there; null where it cannot end earlier than it does.
    /// </summary>
    public IReadOnlyList<byte[]>? Ends { get; init; }

    /// <summary>The same with its first records only; the others are in the next part.</summary>
    public Chunk First(int count)
        => count == Records.Count
            ? this
            : new Chunk
            {
                Records = [.. Records.Take(count)],
                Places = Places is null ? null : [.. Places.Take(count)],
                Count = count,
                Read = Read,
                Way = Way,
                Locked = Locked,
                LocksPartition = LocksPartition,
                Last = Ends![count - 1],
            };
}

/// <summary>A chunk as it travels, without its records.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ChunkHead")]
internal sealed record ChunkHead
{
    [Id(0)]
    public byte[][]? Places { get; init; }

    [Id(1)]
    public required long Count { get; init; }

    [Id(2)]
    public required long Read { get; init; }

    [Id(3)]
    public byte[]? Last { get; init; }

    [Id(4)]
    public int Way { get; init; }

    [Id(5)]
    public int Locked { get; init; }

    [Id(6)]
    public bool LocksPartition { get; init; }

    public static ChunkHead Of(Chunk chunk) => new()
    {
        Places = chunk.Places is null ? null : [.. chunk.Places],
        Count = chunk.Count,
        Read = chunk.Read,
        Last = chunk.Last,
        Way = chunk.Way,
        Locked = chunk.Locked,
        LocksPartition = chunk.LocksPartition,
    };

    public Chunk ToChunk(object[] records) => new()
    {
        Records = records,
        Places = Places,
        Count = Count,
        Read = Read,
        Last = Last,
        Way = Way,
        Locked = Locked,
        LocksPartition = LocksPartition,
    };
}
