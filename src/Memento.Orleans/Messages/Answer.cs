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
