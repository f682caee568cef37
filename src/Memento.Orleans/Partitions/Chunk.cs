namespace Memento.Partitions;

/// <summary>The results of a query from one partition, or the next part of them.</summary>
internal sealed class Chunk
{
    /// <summary>The records, in the order of the query; none if they are only counted.</summary>
    public required IReadOnlyList<object> Records { get; init; }

    /// <summary>
    /// The place of each record in the order of the query, by which partitions are merged; null if
    /// there is no order.
    /// </summary>
    public required IReadOnlyList<byte[]>? Places { get; init; }

    /// <summary>The number of records, also if they are only counted.</summary>
    public required long Count { get; init; }

    /// <summary>
    /// How many records there are of each value of a property, if they are counted by it.
    /// </summary>
    public IReadOnlyList<GroupCount>? Groups { get; init; }

    /// <summary>How many records were read.</summary>
    public required long Read { get; init; }

    /// <summary>The number of the way that was taken.</summary>
    public int Way { get; init; }

    /// <summary>How many ranges, or keys, were locked for it.</summary>
    public int Locked { get; init; }

    /// <summary>Whether the partition is locked as a whole.</summary>
    public bool LocksPartition { get; init; }

    /// <summary>The place after which the next part begins; null: this is the last part.</summary>
    public required byte[]? Last { get; init; }

    /// <summary>
    /// For each record, the place after which the next part would begin if the chunk ended there;
    /// null if the chunk cannot end earlier.
    /// </summary>
    public IReadOnlyList<byte[]>? Ends { get; init; }

    /// <summary>The chunk with only its first records; the others come in the next part.</summary>
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

/// <summary>A chunk in a message, without its records.</summary>
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

    [Id(7)]
    public GroupCount[]? Groups { get; init; }

    public static ChunkHead Of(Chunk chunk) => new()
    {
        Places = chunk.Places is null ? null : [.. chunk.Places],
        Count = chunk.Count,
        Read = chunk.Read,
        Last = chunk.Last,
        Way = chunk.Way,
        Locked = chunk.Locked,
        LocksPartition = chunk.LocksPartition,
        Groups = chunk.Groups is null ? null : [.. chunk.Groups],
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
        Groups = Groups,
    };
}

/// <summary>How many records have one value of a property.</summary>
/// <param name="Value">The value, in the form of an index entry.</param>
/// <param name="Count">How many.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.GroupCount")]
internal readonly record struct GroupCount(
    [property: Id(0)] byte[] Value, [property: Id(1)] long Count);
