using Memento.Keys;
using Memento.Messages;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Silos.HandOver;

/// <summary>The content of a partition as rows of messages.</summary>
internal static class HandedContent
{
    /// <summary>The bytes of keys and documents after which a message is full.</summary>
    public const int MaxBytes = 1_048_576;

    /// <summary>The rows behind a place, as many as a message takes.</summary>
    public static FetchAnswer Read(ParkedPartition parked, HandedPlace? after)
    {
        List<HandedRow> rows = [];
        long size = 0;
        string?[] spaces =
            [null, .. parked.Content.Indexes.Unique.Select(static index => index.Name)];
        int first = after is { } place ? Array.IndexOf(spaces, place.Index) : 0;
        for (int i = first; i < spaces.Length; i++)
        {
            byte[]? from = i == first ? after?.Key : null;
            foreach ((byte[] key, StoredRecord stored)
                in parked.Content[SpaceOf(parked.Content, spaces[i])!.Value].Range(from, null))
            {
                if (from is not null && key.AsSpan().SequenceEqual(from)) continue;
                if (size > MaxBytes) return new FetchAnswer([.. rows], IsLast: false);

                byte[] document = spaces[i] is null
                    ? parked.Table.Serialize(stored.Record)
                    : (byte[])stored.Record;
                rows.Add(new HandedRow(new HandedPlace(spaces[i], key), document));
                size += key.Length + document.Length;
            }
        }

        return new FetchAnswer([.. rows], IsLast: true);
    }

    /// <summary>
    /// Puts a row where it was. The values of an index that is gone are left out.
    /// </summary>
    public static void Load(PartitionContent content, TableDefinition table, HandedRow row)
    {
        if (SpaceOf(content, row.Place.Index) is not { } space) return;

        object record = space.IsRecords ? table.Deserialize(row.Document) : row.Document;
        content.Load(space, new StoredRecord(row.Place.Key, record));
    }

    private static KeySpace? SpaceOf(PartitionContent content, string? index)
        => index is null
            ? KeySpace.Records
            : content.Indexes.Find(index) is { Unique: true } found ? found.Values : null;
}
