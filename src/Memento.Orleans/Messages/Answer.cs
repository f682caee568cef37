using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Messages;

/// <summary>
/// An operation's answer as it travels: records as documents, everything else as it is.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.Answer")]
internal sealed record Answer
{
    /// <summary>An answer that is not made of records.</summary>
    [Id(0)]
    public object? Value { get; init; }

    /// <summary>The documents of the records, if it is made of records.</summary>
    [Id(1)]
    public byte[][]? Documents { get; init; }

    /// <summary>Whether it is one record and not a list.</summary>
    [Id(2)]
    public bool IsOne { get; init; }

    /// <summary>What belongs to the records of a chunk.</summary>
    [Id(3)]
    public ChunkHead? Chunk { get; init; }

    /// <summary>About how many bytes it takes in a message.</summary>
    public long Size
    {
        get
        {
            long size = 0;
            foreach (byte[] document in Documents ?? [])
                size += document.Length;
            foreach (byte[] key in Chunk?.Places ?? Value as byte[][] ?? [])
                size += key.Length;
            return size;
        }
    }

    public static Answer Of(TableDefinition table, object? result) => result switch
    {
        null or bool or long or byte[] or byte[][] => new Answer { Value = result },
        Chunk chunk => OfChunk(table, chunk),
        object[] records => new Answer { Documents = Array.ConvertAll(records, table.Serialize) },
        _ => new Answer { Documents = [table.Serialize(result)], IsOne = true },
    };

    /// <summary>Large records leave no room for all that were asked for.</summary>
    private static Answer OfChunk(TableDefinition table, Chunk chunk)
    {
        var documents = new List<byte[]>(chunk.Records.Count);
        long size = 0;
        foreach (object record in chunk.Records)
        {
            if (size > ExecuteResponse.MaxBytes && chunk.Ends is not null) break;

            byte[] document = table.Serialize(record);
            documents.Add(document);
            size += document.Length;
        }

        return new Answer
        {
            Documents = [.. documents],
            Chunk = ChunkHead.Of(chunk.First(documents.Count)),
        };
    }

    public object? ToResult(TableDefinition table)
    {
        if (Documents is null) return Value;
        if (IsOne) return table.Deserialize(Documents[0]);

        object[] records = Array.ConvertAll(Documents, document => table.Deserialize(document));
        return Chunk is null ? records : Chunk.ToChunk(records);
    }
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
