using System.Diagnostics;
using System.Text.Json;
using Memento.Catalog;
using Memento.Diagnostics;
using Memento.Journaling;
using Memento.Keys;
using Memento.Numbering;
using Memento.Partitions;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.Logging;

namespace Memento.Silos;

/// <summary>Makes a partition from its rows in the durable storage.</summary>
internal sealed class PartitionLoader(
    TableRegistry tables,
    KnownTables known,
    Numbers numbers,
    IGrainFactory grains,
    DurableStorage durable,
    TimeProvider time,
    StoreMetrics metrics,
    ILogger<PartitionLoader> logger)
{
    private readonly IJournalStorage? _storage = durable.Journal;

    // Its partition's gate is held: the log provider's own failure must not come out there.
    private readonly JournalLog _breakLog = new(logger);

    /// <exception cref="TableNotFoundException">
    /// The table is not registered, or does not exist.
    /// </exception>
    /// <exception cref="StorageException">The storage refused, or a row cannot be read.</exception>
    public async Task<Partition> LoadAsync(string name, int number)
    {
        TableDefinition table = tables.Get(name);
        if (number < 0 || number >= table.PartitionCount)
        {
            throw new MementoException(
                $"Table '{name}' has {table.PartitionCount} partitions here, and number {number} "
                + "was asked for. Register it with the same number of partitions in clients and "
                + "silos.");
        }

        await known.WaitAsync();
        ICatalogGrain catalog = grains.GetGrain<ICatalogGrain>(CatalogGrain.Key);
        if (!await catalog.ExistsAsync(name)) throw CatalogGrain.NotFound(name);

        long started = time.GetTimestamp();
        var content = new PartitionContent(table);
        long epoch = 0;
        if (table.Storage == TableStorage.Disk)
        {
            IJournalStorage storage = _storage
                ?? throw new UnreachableException("A disk table without a storage.");
            epoch = await storage.RaiseEpochAsync(name, number, CancellationToken.None);
            await LoadAsync(storage, table, content, KeySpace.Records, number);
            foreach (IndexDefinition index in content.Indexes.Unique)
                await LoadAsync(storage, table, content, index.Values, number);
            TimeSpan elapsed = time.GetElapsedTime(started);
            StorageLog.Loaded(logger, number, name, content.Count, elapsed);
        }

        return new Partition(table, number, epoch, content, time)
        {
            NumberSeen = table.AutoIncrement ? number => numbers.Observe(name, number) : null,
            Metrics = metrics,
            WhenBroken = (broken, exception) =>
                PartitionLog.Broken(_breakLog, exception, broken.Number, broken.Table.Name),
        };
    }

    private static async Task LoadAsync(
        IJournalStorage storage,
        TableDefinition table,
        PartitionContent content,
        KeySpace space,
        int number)
    {
        string name = table.StorageName(space);
        await foreach (StoredRow row in storage.LoadAsync(name, number, CancellationToken.None))
        {
            try
            {
                content.Load(space, Read(table, space, row));
            }
            catch (Exception exception) when (exception is InvalidDataException or JsonException
                or FormatException or KeyNotFoundException or ArgumentException)
            {
                throw new StorageException(
                    $"A row of '{name}' with the key bytes {Convert.ToHexString(row.Key)} cannot "
                    + $"be read: {exception.Message} It was changed outside Memento: correct or "
                    + "delete it.",
                    exception);
            }
        }
    }

    private static StoredRecord Read(TableDefinition table, KeySpace space, StoredRow row)
    {
        if (!space.IsRecords)
            return new StoredRecord(row.Key, UniqueEntry.FromDocument(row.Document));

        object record = table.Deserialize(row.Document, new Key(row.Key));
        ReadOnlySpan<byte> key = table.Type == TableType.Bag
            ? KeyBytes.WithoutSuffix(row.Key)
            : row.Key;
        if (!key.SequenceEqual(table.KeyOf(record).Bytes))
        {
            throw new StorageException(
                $"A row of table '{table.Name}' has the key bytes {Convert.ToHexString(row.Key)}, "
                + "and its document has another key. It was changed outside Memento: correct the "
                + "document, or delete the row.");
        }

        return new StoredRecord(row.Key, record);
    }
}

/// <summary>The log messages about partitions.</summary>
internal static partial class PartitionLog
{
    [LoggerMessage(
        EventId = 1108,
        Level = LogLevel.Critical,
        Message = "Partition {Number} of table '{Table}' found an invariant broken, which is a bug "
            + "of Memento, and ends; it starts anew with the committed records. Report it")]
    public static partial void Broken(
        ILogger logger, Exception exception, int number, string table);
}
