using Memento.Partitions;
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

    /// <summary>The keys of the records, if they come with their keys.</summary>
    [Id(2)]
    public byte[][]? Keys { get; init; }

    /// <summary>Whether it is one record and not a list.</summary>
    [Id(3)]
    public bool IsOne { get; init; }

    /// <summary>About how many bytes it takes in a message.</summary>
    public long Size
    {
        get
        {
            long size = 0;
            foreach (byte[] document in Documents ?? [])
                size += document.Length;
            foreach (byte[] key in Keys ?? Value as byte[][] ?? [])
                size += key.Length;
            return size;
        }
    }

    public static Answer Of(TableDefinition table, object? result) => result switch
    {
        null or bool or long or byte[] or byte[][] => new Answer { Value = result },
        List<StoredRecord> found => new Answer
        {
            Keys = [.. found.Select(static each => each.Key)],
            Documents = [.. found.Select(each => table.Serialize(each.Record))],
        },
        object[] records => new Answer { Documents = Array.ConvertAll(records, table.Serialize) },
        _ => new Answer { Documents = [table.Serialize(result)], IsOne = true },
    };

    public object? ToResult(TableDefinition table)
    {
        if (Documents is null) return Value;
        if (IsOne) return table.Deserialize(Documents[0]);
        if (Keys is null)
            return Array.ConvertAll(Documents, document => table.Deserialize(document));

        var found = new List<StoredRecord>(Keys.Length);
        for (int i = 0; i < Keys.Length; i++)
            found.Add(new StoredRecord(Keys[i], table.Deserialize(Documents[i])));
        return found;
    }
}
