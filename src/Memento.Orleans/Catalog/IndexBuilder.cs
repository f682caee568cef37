using Memento.Journaling;
using Memento.Keys;
using Memento.Participants;
using Memento.Partitions.Operations;
using Memento.Storage;
using Memento.Tables;
using Memento.Transactions;

namespace Memento.Catalog;

/// <summary>
/// Adds indexes to tables in use, and removes them. An index is built under a read lock on the
/// table: readers go on, and writers wait. A later writer knows the index, or is run again.
/// </summary>
internal sealed class IndexBuilder(
    TransactionRunner runner,
    DurableStorage durable,
    Journal journal,
    StoreLifetime lifetime,
    CatalogCopy copy,
    ICatalogPeers peers,
    TimeProvider time,
    IGrainFactory grains)
{
    /// <summary>The time limit of a call that adds or removes an index.</summary>
    public const string LongestCall = "01:00:00";

    private static readonly TransactionOptions Options =
        new() { Timeout = TransactionLimits.LongestTimeout };

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(CatalogGrain.Key);

    /// <param name="table">The table.</param>
    /// <param name="info">The index.</param>
    /// <param name="isDeclared">
    /// Whether the type declares the index, so that the catalog need not remember it.
    /// </param>
    /// <exception cref="ArgumentException">The table cannot have such an index.</exception>
    /// <exception cref="MementoException">The table has the index already.</exception>
    /// <exception cref="UniqueIndexException">Two records have the same value.</exception>
    /// <exception cref="TableNotFoundException">The table does not exist.</exception>
    public async Task AddAsync(TableDefinition table, IndexInfo info, bool isDeclared)
    {
        table.CheckIndex(info);
        List<IndexInfo> known = await Catalog.IndexesAsync(table.Name)
            ?? throw CatalogGrain.NotFound(table.Name);
        if (table.IndexSet.Find(info.Name) is { } here)
        {
            if (known.Any(other => other.Name == info.Name))
            {
                throw new MementoException(
                    $"Table '{table.Name}' has the index '{info.Name}'. Remove it first to make it "
                    + "another one.");
            }

            // An earlier call failed, and could not remove its part of the index.
            await ForgetAsync(table, here);
        }

        IndexDefinition index = table.MakeIndex(info);
        if (StorageNameOf(table, index) is { } name)
        {
            // A crash may have left an unfinished index.
            await durable.Journal!.DropTableAsync(name, CancellationToken.None);
            await durable.Journal.CreateTableAsync(name, CancellationToken.None);
        }

        bool mayBeInCatalog = false;
        try
        {
            await runner.RunAsync(
                transaction => BuildAsync((TransactionScope)transaction, table, index),
                Options,
                CancellationToken.None);
            mayBeInCatalog = true;
            await Catalog.AddIndexAsync(table.Name, IndexSchema.Of(index), isDeclared);
        }
        catch (Exception exception)
        {
            await TakeBackAsync(table, index, mayBeInCatalog, exception);
            throw;
        }
    }

    /// <summary>Adds an index, unless the catalog has it.</summary>
    public async Task EnsureAddedAsync(TableDefinition table, IndexInfo info, bool isDeclared)
    {
        if (!await IsKnownAsync(table, info)) await AddAsync(table, info, isDeclared);
    }

    /// <summary>Removes an index, if the catalog has it.</summary>
    public async Task EnsureRemovedAsync(TableDefinition table, IndexInfo info)
    {
        if (await IsKnownAsync(table, info)) await RemoveAsync(table, info.Properties);
    }

    /// <exception cref="ArgumentException">The table has no such index.</exception>
    public async Task RemoveAsync(TableDefinition table, IReadOnlyList<string> properties)
    {
        IndexDefinition index = table.IndexSet.Find(properties)
            ?? throw new ArgumentException(
                $"Table '{table.Name}' has no index '{string.Join(", ", properties)}'. It has "
                + (table.Indexes.Count == 0 ? "none." : $"{Describe(table.Indexes)}."),
                nameof(properties));
        await Catalog.RemoveIndexAsync(table.Name, index.Name);
        await ForgetAsync(table, index);
    }

    private async Task<bool> IsKnownAsync(TableDefinition table, IndexInfo info)
        => await Catalog.IndexesAsync(table.Name) is { } known && known.Contains(info);

    private static string Describe(IEnumerable<IndexDefinition> indexes)
        => string.Join("; ", indexes.Select(
            static index => string.Join(", ", index.Info.Properties)));

    private async Task<bool> BuildAsync(
        TransactionScope scope, TableDefinition table, IndexDefinition index)
    {
        byte[][][] values = await scope.Sender.SendToAllAsync(
            table, new AddIndexOperation(index.Info), CancellationToken.None);
        if (index.Unique)
        {
            foreach (byte[][] ofPartition in values)
                await ClaimAsync(scope, table, index, ofPartition);
        }

        await UseAsync(table, table.IndexSet.With(index));
        return true;
    }

    /// <summary>
    /// Makes the indexes known in all silos. The caller holds locks on the whole table: the next
    /// writer, wherever it is, has to know them.
    /// </summary>
    private async Task UseAsync(TableDefinition table, IndexSet indexes)
    {
        List<IndexSchema> used = [.. indexes.All.Select(IndexSchema.Of)];
        try
        {
            await lifetime.AskForAttemptAsync(
                () => Catalog.UseIndexesAsync(table.Name, used), CancellationToken.None);
        }
        catch (StorageException)
        {
            // The catalog cannot be read, and the partitions have changed all the same. It learns
            // of it from the silos when it can.
            await peers.TellAsync(copy.Image!.Next(
                [
                    .. copy.Image.Tables.Select(each =>
                        each.Name == table.Name ? each with { Indexes = used } : each),
                ],
                time));
        }
    }

    /// <param name="scope">The transaction.</param>
    /// <param name="table">The table.</param>
    /// <param name="index">The index.</param>
    /// <param name="values">Values and keys of records, in turn.</param>
    private static async Task ClaimAsync(
        TransactionScope scope, TableDefinition table, IndexDefinition index, byte[][] values)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            var claim = new ClaimOperation(index.Reference, new Key(values[i]), values[i + 1]);
            byte[]? holder = await scope.Sender.SendAsync(table, claim, CancellationToken.None);
            if (holder is null) continue;

            object? record = await scope.Sender.SendAsync(
                table,
                new ReadOperation(new Key(values[i + 1]), writes: false),
                CancellationToken.None);
            throw new UniqueIndexException(
                table.Name,
                index.Name,
                index.ValueOf(record!),
                table.KeyCodec.Decode(new Key(holder)));
        }
    }

    private async Task TakeBackAsync(
        TableDefinition table, IndexDefinition index, bool mayBeInCatalog, Exception reason)
    {
        try
        {
            // Its values are removed last: an index in the catalog must have all of its values.
            if (mayBeInCatalog) await TakeOutOfCatalogAsync(table, index);
            await ForgetAsync(table, index);
        }
        catch (Exception exception)
        {
            throw new MementoException(
                $"Index '{index.Name}' of table '{table.Name}' could not be added, nor what there "
                + $"is of it be removed: {exception.Message} Remove it, or start the silo again. "
                + "It failed because: "
                + reason.Message,
                reason);
        }
    }

    private async Task TakeOutOfCatalogAsync(TableDefinition table, IndexDefinition index)
    {
        if (!await IsInCatalogAsync(table, index)) return;

        try
        {
            await Catalog.RemoveIndexAsync(table.Name, index.Name);
        }
        catch (StorageException)
        {
            // This write may have been kept too.
            if (await IsInCatalogAsync(table, index)) throw;
        }
    }

    /// <summary>
    /// Whether the catalog has an index whose write failed. The catalog handles one call at a time,
    /// so no write is under way when it answers. If it cannot be read, it cannot be written either,
    /// and the note beside the records counts. In a storage without notes the answer stays open.
    /// </summary>
    private async Task<bool> IsInCatalogAsync(TableDefinition table, IndexDefinition index)
    {
        try
        {
            List<IndexInfo>? known = await lifetime.AskAsync(
                () => Catalog.IndexesAsync(table.Name), CancellationToken.None);
            return known is not null && known.Any(other => other.Name == index.Name);
        }
        catch (StorageException)
        {
            var note = new CatalogNote<CatalogState>(durable.Journal, IJournalStorage.CatalogNote);
            return await note.ReadAsync() is not { } noted
                || (noted.Tables.TryGetValue(table.Name, out CatalogEntry? entry)
                    && entry.Schema.Indexes.Any(other => other.Name == index.Name));
        }
    }

    /// <summary>
    /// Removes an index from memory and storage, when no transaction uses the table.
    /// </summary>
    private async Task ForgetAsync(TableDefinition table, IndexDefinition index)
    {
        await runner.RunAsync(
            async transaction =>
            {
                OperationSender sender = ((TransactionScope)transaction).Sender;
                await sender.SendToAllAsync(
                    table, new LockPartitionOperation(writes: true), CancellationToken.None);

                // Now all writes into the index are durable, and none can be taken back any more.
                await journal.FlushAsync();
                await sender.SendToAllAsync(
                    table, new RemoveIndexOperation(index.Info), CancellationToken.None);
                await UseAsync(table, table.IndexSet.Without(index));
                return true;
            },
            Options,
            CancellationToken.None);
        if (StorageNameOf(table, index) is { } name)
            await durable.Journal!.DropTableAsync(name, CancellationToken.None);
    }

    /// <summary>The name of an index in the durable storage, if it is stored.</summary>
    private static string? StorageNameOf(TableDefinition table, IndexDefinition index)
        => index.Unique && table.Storage == TableStorage.Disk
            ? table.StorageName(index.Values)
            : null;
}
