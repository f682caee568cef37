using System.Globalization;
using System.Text;
using System.Text.Json;
using Memento.Keys;
using Memento.Locks;
using Memento.Partitions;
using Memento.Storage;
using Memento.Tables;
using Orleans.Transactions;

namespace Memento.Commit.Prepared;

/// <summary>A prepared transaction as a row of the storage.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Age">Its age.</param>
/// <param name="TimeStamp">The time by which the manager knows it.</param>
/// <param name="Manager">The grain that decides it.</param>
/// <param name="ManagerName">The name of the state in that grain.</param>
/// <param name="Writes">What it has written in the partition.</param>
internal sealed record PreparedRow(
    Guid Id,
    TransactionAge Age,
    DateTime TimeStamp,
    GrainId Manager,
    string ManagerName,
    IReadOnlyList<StagedWrite> Writes)
{
    /// <summary>What a transaction has written, for its prepared row and for its commit.</summary>
    public static List<StagedWrite> WritesOf(PartitionTransaction transaction)
    {
        List<StagedWrite> writes = transaction.Staged.IsClearing
            ? transaction.Partition.FindCleared()
            : [];
        writes.AddRange(transaction.Staged.Effective);
        return writes;
    }

    /// <summary>The row of a transaction.</summary>
    public static RowWrite Make(PreparedPart part)
    {
        PartitionTransaction transaction = part.Transaction;
        ParticipantId manager = part.Manager!.Value;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("transaction", transaction.TransactionId);
            json.WriteStartObject("age");
            json.WriteNumber("start", transaction.Age.StartTicks);
            json.WriteString("attempt", transaction.Age.FirstAttempt);
            json.WriteEndObject();
            json.WriteNumber("time", part.TimeStamp.Ticks);
            json.WriteStartObject("manager");
            json.WriteString("grain", manager.Reference.GrainId.ToString());
            json.WriteString("name", manager.Name);
            json.WriteEndObject();
            json.WriteStartArray("writes");
            foreach (StagedWrite write in WritesOf(transaction))
                Write(json, transaction.Table, write);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return RowOf(part, stream.ToArray());
    }

    /// <summary>Deletes the row of a transaction.</summary>
    public static RowWrite Delete(PreparedPart part) => RowOf(part, document: null);

    /// <summary>Reads a row.</summary>
    /// <exception cref="Exception">
    /// It is not a row of this table, or the record type cannot read a record in it.
    /// </exception>
    public static PreparedRow Read(Partition partition, StoredRow row)
    {
        using JsonDocument json = JsonDocument.Parse(row.Document);
        JsonElement root = json.RootElement;
        JsonElement age = root.GetProperty("age");
        JsonElement manager = root.GetProperty("manager");
        List<StagedWrite> writes = [];
        foreach (JsonElement each in root.GetProperty("writes").EnumerateArray())
        {
            if (Read(partition, each) is { } write) writes.Add(write);
        }

        return new PreparedRow(
            root.GetProperty("transaction").GetGuid(),
            new TransactionAge(
                age.GetProperty("start").GetInt64(), age.GetProperty("attempt").GetGuid()),
            new DateTime(root.GetProperty("time").GetInt64(), DateTimeKind.Utc),
            GrainId.Parse(
                manager.GetProperty("grain").GetString()!, CultureInfo.InvariantCulture),
            manager.GetProperty("name").GetString()!,
            writes);
    }

    private static RowWrite RowOf(PreparedPart part, byte[]? document)
        => new(
            StorageNames.OfPrepared(part.Partition.Table.Name),
            part.Partition.Number,
            part.Transaction.TransactionId.ToByteArray(bigEndian: true),
            document);

    private static void Write(Utf8JsonWriter json, TableDefinition table, StagedWrite write)
    {
        json.WriteStartObject();
        json.WriteString("table", table.StorageName(write.Space));
        json.WriteString("key", Convert.ToHexString(write.Key.Bytes));
        json.WritePropertyName("document");
        if (write.Document is { } document)
            json.WriteRawValue(document);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }

    /// <summary>A write; null: it is of an index that the table has no more.</summary>
    private static StagedWrite? Read(Partition partition, JsonElement json)
    {
        if (partition.FindSpace(json.GetProperty("table").GetString()!) is not { } space)
            return null;

        byte[] key = Convert.FromHexString(json.GetProperty("key").GetString()!);
        JsonElement document = json.GetProperty("document");
        byte[]? bytes = document.ValueKind == JsonValueKind.Null
            ? null
            : Encoding.UTF8.GetBytes(document.GetRawText());
        StoredRecord? record = bytes is null
            ? null
            : new StoredRecord(
                key,
                space.IsRecords
                    ? partition.Table.Deserialize(bytes)
                    : UniqueEntry.FromDocument(bytes));
        return new StagedWrite(space, new Key(key), record, bytes, savepoint: null);
    }
}
