using Memento.Partitions.Operations;

namespace Memento.Messages;

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
