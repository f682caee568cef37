using System.Diagnostics;
using System.Text.Json;
using Memento.Catalog;
using Memento.Commit.Prepared;
using Memento.Diagnostics;
using Memento.Journaling;
using Memento.Keys;
using Memento.Leases;
using Memento.Messages;
using Memento.Numbering;
using Memento.Partitions;
using Memento.Silos.HandOver;
using Memento.Silos.Leases;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Memento.Silos;

/// <summary>
/// Makes a partition from its rows in the durable storage, or the records of its last owner.
/// </summary>
internal sealed class PartitionLoader(
    TableRegistry tables,
    KnownTables known,
    CatalogCopy catalog,
    Numbers numbers,
    IGrainFactory grains,
    DurableStorage durable,
    PartitionTaker taker,
    PartitionLosses losses,
    RowMover mover,
    LeaseKeeper leases,
    PreparedTransactions prepared,
    IOptions<MementoOptions> options,
    TimeProvider time,
    StoreMetrics metrics,
    ILogger<PartitionLoader> logger)
{
    private readonly IJournalStorage? _storage = durable.Journal;

    // Its partition's gate is held: the log provider's own failure must not come out there.
    private readonly JournalLog _breakLog = new(logger);

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(CatalogGrain.Key);

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
        if (catalog.Find(name) is { IsInDoubt: true }) await Catalog.ListAsync();
        KnownTable entry = catalog.Find(name) ?? throw CatalogGrain.NotFound(name);

        Partition partition = await TakeAsync(table, number, entry);
        prepared.Begin(partition);
        if (partition.LostWith is { } dead)
        {
            HandOverLog.Lost(logger, number, name, dead);
            losses.Tell(new PartitionLostEventArgs(
                name, number, dead.ToString(), partition.LostAt!.Value));
        }

        return partition;
    }

    private async Task<Partition> TakeAsync(TableDefinition table, int number, KnownTable entry)
    {
        Partition? opened = null;
        try
        {
            return await taker.TakeAsync(
                table,
                number,
                async taken => opened = await OpenAsync(table, number, entry, taken));
        }
        catch
        {
            // Nobody uses it. The next owner need not wait for the end of the lease.
            await leases.ReleaseAsync(opened?.Holding);
            throw;
        }
    }

    private async Task<Partition> OpenAsync(
        TableDefinition table, int number, KnownTable entry, TakenPartition taken)
    {
        Holding? holding = leases.IsOn ? await leases.TakeAsync(table.Name, number) : null;
        try
        {
            Partition partition = await LoadAsync(
                table, number, holding, entry.HasUnreadable, taken);
            if (table.Storage == TableStorage.Disk && entry.HasPrepared)
                await RestoreAsync(partition);
            return partition;
        }
        catch
        {
            await leases.ReleaseAsync(holding);
            throw;
        }
    }

    private async Task<Partition> LoadAsync(
        TableDefinition table,
        int number,
        Holding? holding,
        bool hasUnreadable,
        TakenPartition taken)
    {
        long started = time.GetTimestamp();
        string name = table.Name;
        PartitionContent content = taken.Content ?? new PartitionContent(table);
        DateTimeOffset? lostAt = taken.LostAt;
        SiloAddress? lostWith = null;
        long epoch = holding?.Owned.Epoch ?? 0;
        if (table.Storage == TableStorage.Disk)
        {
            IJournalStorage storage = _storage
                ?? throw new UnreachableException("A disk table without a storage.");
            if (holding is null)
                epoch = await storage.RaiseEpochAsync(name, number, CancellationToken.None);
            bool hasAside = await LoadRecordsAsync(
                storage, content, table, new PartitionEpoch(name, number, epoch));
            if (hasAside || hasUnreadable)
                await CountUnreadableAsync(storage, content, name, number);
            foreach (IndexDefinition index in content.Indexes.Unique)
                await LoadValuesAsync(storage, content, table, index, number);
            TimeSpan elapsed = time.GetElapsedTime(started);
            StorageLog.Loaded(logger, number, name, content.Count, elapsed);
        }
        else if (taken.LostWith is not null)
        {
            lostAt = time.GetUtcNow();
            lostWith = taken.LostWith;
        }

        return new Partition(table, number, epoch, content, time)
        {
            Holding = holding,
            Tenure = taken.Tenure,
            LostAt = lostAt,
            LostWith = lostWith,
            OwnersBefore = taken.OwnersBefore,
            NumberSeen = table.AutoIncrement ? number => numbers.Observe(name, number) : null,
            Metrics = metrics,
            WhenBroken = (broken, exception) =>
                PartitionLog.Broken(_breakLog, exception, broken.Number, broken.Table.Name),
        };
    }

    /// <summary>Loads the transactions that are prepared in the storage.</summary>
    private async Task RestoreAsync(Partition partition)
    {
        string name = StorageNames.OfPrepared(partition.Table.Name);
        await foreach (StoredRow row in _storage!.LoadAsync(
            name, partition.Number, CancellationToken.None))
        {
            try
            {
                prepared.Restore(partition, row);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The record's own constructor, accessors and converters may throw anything.
                throw NotReadable(name, row, exception);
            }
        }
    }

    /// <summary>
    /// Loads the records; true if some that cannot be read were set aside meanwhile.
    /// </summary>
    private async Task<bool> LoadRecordsAsync(
        IJournalStorage storage,
        PartitionContent content,
        TableDefinition table,
        PartitionEpoch owner)
    {
        bool fails = options.Value.UnreadableRecords == UnreadableRecords.Fail;
        var unreadable = new UnreadableRows(table, owner, mover, Catalog, logger);
        await foreach (StoredRow row in storage.LoadAsync(
            table.Name, owner.Partition, CancellationToken.None))
        {
            if (Load(content, table, row) is not { } error) continue;
            if (fails) throw error;
            await unreadable.AddAsync(row, error);
        }

        return await unreadable.EndAsync();
    }

    /// <summary>Loads a record; why it cannot be read otherwise.</summary>
    private static StorageException? Load(
        PartitionContent content, TableDefinition table, StoredRow row)
    {
        try
        {
            object record = table.Deserialize(row.Document);
            ReadOnlySpan<byte> key = table.Type == TableType.Bag
                ? KeyBytes.WithoutSuffix(row.Key)
                : row.Key;
            if (!key.SequenceEqual(table.KeyOf(record).Bytes))
                return UnreadableRecord.OtherKey(table, row.Key);

            content.Load(KeySpace.Records, new StoredRecord(row.Key, record));
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The record's own constructor, accessors and converters may throw anything.
            return UnreadableRecord.Error(table, row.Key, exception);
        }
    }

    /// <summary>Counts the records that were set aside, now and at earlier starts.</summary>
    private static async Task CountUnreadableAsync(
        IJournalStorage storage, PartitionContent content, string table, int number)
    {
        await foreach (StoredRow row in storage.LoadAsync(
            StorageNames.OfUnreadable(table), number, CancellationToken.None))
        {
            content.AddUnreadable(row.Key);
        }
    }

    /// <summary>Loads the values of a unique index.</summary>
    private static async Task LoadValuesAsync(
        IJournalStorage storage,
        PartitionContent content,
        TableDefinition table,
        IndexDefinition index,
        int number)
    {
        string name = table.StorageName(index.Values);
        await foreach (StoredRow row in storage.LoadAsync(name, number, CancellationToken.None))
        {
            try
            {
                byte[] holder = UniqueEntry.FromDocument(row.Document);
                content.Load(index.Values, new StoredRecord(row.Key, holder));
            }
            catch (Exception exception) when (exception is InvalidDataException or JsonException
                or FormatException or KeyNotFoundException or ArgumentException)
            {
                throw NotReadable(name, row, exception);
            }
        }
    }

    private static StorageException NotReadable(string name, StoredRow row, Exception exception)
        => new(
            $"A row of '{name}' with the key bytes {Convert.ToHexString(row.Key)} cannot be read: "
            + $"{exception.Message} It was changed outside Memento: correct or delete it.",
            exception);
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
