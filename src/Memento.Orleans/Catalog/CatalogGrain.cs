using System.Security.Cryptography;
using Memento.Journaling;
using Memento.Messages;
using Memento.Numbering;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.GrainDirectory;

namespace Memento.Catalog;

/// <summary>
/// The catalog. The rows of a table and its entry are in two files, which no transaction spans. The
/// entry is written first and removed last, and every step in between can be repeated. The file of
/// the rows has a note of the entries; if the two differ, the note counts. Every silo has a copy
/// (<see cref="CatalogCopy"/>), which a change reaches before its caller hears of it.
/// </summary>
[KeepAlive]
[GrainDirectory(StoreDirectory.Name)]
internal sealed partial class CatalogGrain(
    [PersistentState("catalog", MementoStorage.Name)] IPersistentState<CatalogState> state,
    DurableStorage durable,
    TableRegistry tables,
    UnreadableRestorer restorer,
    ICatalogPeers peers,
    TimeProvider time,
    IOptions<MementoOptions> options,
    ILogger<CatalogGrain> logger) : Grain, ICatalogGrain
{
    public const string Key = "catalog";

    private readonly IJournalStorage? _storage = durable.Journal;
    private readonly CatalogNote<CatalogState> _note = new(
        durable.Journal, IJournalStorage.CatalogNote);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await ReadNoteAsync();
        await LearnFromPeersAsync();
        foreach (CatalogEntry entry in state.State.Tables.Values.ToArray())
        {
            // The partitions of a registered table may be open. Its deletion is finished after they
            // are closed, by the next call that makes or deletes the table; every start makes the
            // registered tables.
            if (entry.IsBeingDeleted && !tables.TryGet(entry.Schema.Name, out _))
                await CompleteDeleteAsync(entry.Schema.Name);
        }

        // An earlier activation may have ended between a change and the telling of it.
        await TellAsync();
        await base.OnActivateAsync(cancellationToken);
    }

    public Task<bool> IsBeingDeletedAsync(string name)
        => Task.FromResult(
            state.State.Tables.TryGetValue(name, out CatalogEntry? entry) && entry.IsBeingDeleted);

    public Task<bool> ExistsAsync(string name) => Task.FromResult(Find(name) is not null);

    public async Task AddUnreadableAsync(string name)
    {
        CatalogEntry entry = Find(name) ?? throw NotFound(name);
        if (entry.HasUnreadable) return;

        await _storage!.CreateTableAsync(StorageNames.OfUnreadable(name), CancellationToken.None);
        await PutAsync(entry with { HasUnreadable = true });
    }

    public async Task AddPreparedAsync(string name)
    {
        CatalogEntry entry = Find(name) ?? throw NotFound(name);
        if (entry.HasPrepared) return;

        await _storage!.CreateTableAsync(StorageNames.OfPrepared(name), CancellationToken.None);
        await PutAsync(entry with { HasPrepared = true });
    }

    public async Task AddDecisionsAsync()
    {
        if (state.State.HasDecisions) return;

        await _storage!.CreateTableAsync(StorageNames.Decisions, CancellationToken.None);
        state.State.HasDecisions = true;
        await WriteAsync();
    }

    public Task<List<string>> ListAsync()
        => Task.FromResult(state.State.Tables.Values
            .Where(static entry => !entry.IsBeingDeleted)
            .Select(static entry => entry.Schema.Name)
            .Order(StringComparer.Ordinal)
            .ToList());

    public static TableNotFoundException NotFound(string table)
        => new($"Table '{table}' does not exist: it was deleted, or never made. Call "
            + "memento.Tables.CreateAsync to make it.");

    public Task<List<IndexInfo>?> IndexesAsync(string name)
        => Task.FromResult(Find(name)?.Schema.Indexes.Select(static index => index.Info).ToList());

    public async Task AddIndexAsync(string name, IndexSchema index, bool isDeclared)
    {
        CatalogEntry entry = Without(
            Find(name) ?? throw NotFound(name), index.Name);
        await PutAsync(entry with
        {
            Schema = entry.Schema with { Indexes = [.. entry.Schema.Indexes, index] },
            Added = isDeclared ? entry.Added : [.. entry.Added ?? [], index],
        });
    }

    public async Task RemoveIndexAsync(string name, string index)
    {
        CatalogEntry entry = Find(name) ?? throw NotFound(name);

        // Its partitions still have it.
        _used.TryAdd(name, entry.Schema.Indexes);
        await PutAsync(Without(entry, index));
    }

    public async Task<bool> CreateAsync(TableSchema schema)
    {
        // A client does not know the storage and the indexes that the silo registered.
        TableDefinition registered = tables.Get(schema.Name);
        registered.Registration.Require(schema.Name, TableRegistration.Of(schema));
        if (Find(schema.Name) is not null) return false;

        // If a deletion failed half way, the records of the old table must not come into the new
        // one.
        await CompleteDeleteAsync(schema.Name);
        schema = registered.ToSchema();
        if (schema.Storage == TableStorage.Disk)
        {
            // The same for the values of an index that was forgotten and could not be dropped.
            await DropUniqueIndexesAsync(
                schema.Name,
                [.. schema.Indexes.Where(static index => index.Unique)
                    .Select(static index => index.Name)]);
        }

        await CreateInStorageAsync(schema);
        await PutAsync(new CatalogEntry(schema, IsBeingDeleted: false)
        {
            Made = _told.NextVersion(time),
        });
        return true;
    }

    public async Task<bool> BeginDeleteAsync(string name)
    {
        if (!state.State.Tables.TryGetValue(name, out CatalogEntry? entry)) return false;

        if (entry.IsBeingDeleted) return true;

        // If the write fails, it may have been kept all the same: until that is known, nobody loads
        // a partition.
        await TellAsync(inDoubt: name);
        await PutAsync(entry with { IsBeingDeleted = true });
        return true;
    }

    public async Task CompleteDeleteAsync(string name)
    {
        if (!state.State.Tables.TryGetValue(name, out CatalogEntry? entry) || !entry.IsBeingDeleted)
            return;

        if (_storage is not null && entry.Schema.Storage == TableStorage.Disk)
        {
            foreach (string stored in StorageNames.Of(entry.Schema))
                await _storage.DropTableAsync(stored, CancellationToken.None);
            await _storage.DropTableAsync(
                StorageNames.OfUnreadable(name), CancellationToken.None);
            await _storage.DropTableAsync(
                StorageNames.OfPrepared(name), CancellationToken.None);
        }

        state.State.Tables.Remove(name);
        _used.Remove(name);
        await WriteAsync();
    }

    public async Task<byte[]> PageKeyAsync()
    {
        if (state.State.PageKey is { } known) return known;

        byte[] made = state.State.PageKey = RandomNumberGenerator.GetBytes(PageKeys.Length);
        await WriteAsync();
        return made;
    }

    private static CatalogEntry Without(CatalogEntry entry, string index) => entry with
    {
        Schema = entry.Schema with
        {
            Indexes = [.. entry.Schema.Indexes.Where(other => other.Name != index)],
        },
        Added = entry.Added?.Where(other => other.Name != index).ToArray(),
    };

    private CatalogEntry? Find(string name)
        => state.State.Tables.TryGetValue(name, out CatalogEntry? entry) && !entry.IsBeingDeleted
            ? entry
            : null;

    private async Task CreateInStorageAsync(TableSchema schema)
    {
        if (_storage is null || schema.Storage != TableStorage.Disk) return;

        foreach (string name in StorageNames.Of(schema))
            await _storage.CreateTableAsync(name, CancellationToken.None);
    }

    private async Task DropUniqueIndexesAsync(string table, IReadOnlyList<string> indexes)
    {
        if (_storage is null) return;

        foreach (string index in indexes)
        {
            await _storage.DropTableAsync(
                StorageNames.OfUniqueIndex(table, index), CancellationToken.None);
        }
    }

    private Task PutAsync(CatalogEntry entry)
    {
        state.State.Tables[entry.Schema.Name] = entry;
        return WriteAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            await state.WriteStateAsync();
            await _note.WriteAsync(state.State);
            await TellAsync();
        }
        catch
        {
            // Memory may differ from the storage now: the next call reads the state again.
            DeactivateOnIdle();
            throw;
        }
    }

    private async Task ReadNoteAsync()
    {
        CatalogState? noted = await _note.ReadAsync();
        if (noted is null)
        {
            if (state.RecordExists) await WriteNotesAsync();
            return;
        }

        if (CatalogJson.AreEqual(noted, state.State)) return;

        CatalogLog.MadeAgain(logger, _storage!.Description, noted.Tables.Count);
        state.State = noted;
        await state.WriteStateAsync();
    }

    /// <summary>
    /// Writes the notes that an earlier version did not keep; the note of the catalog last, because
    /// it stands for all of them.
    /// </summary>
    private async Task WriteNotesAsync()
    {
        foreach (CatalogEntry entry in state.State.Tables.Values)
        {
            if (!entry.Schema.AutoIncrement) continue;

            await GrainFactory.GetGrain<ISequenceGrain>(SequenceGrain.KeyOf(entry.Schema.Name))
                .ReserveAsync(used: 0, count: 0);
        }

        await _note.WriteAsync(state.State);
    }
}
