using System.Security.Cryptography;
using Memento.Journaling;
using Memento.Keys;
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
/// the rows has a note of the entries; if the two differ, the note counts.
/// </summary>
[KeepAlive]
[GrainDirectory(StoreDirectory.Name)]
internal sealed class CatalogGrain(
    [PersistentState("catalog", MementoStorage.Name)] IPersistentState<CatalogState> state,
    DurableStorage durable,
    TableRegistry tables,
    UnreadableRestorer restorer,
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
        foreach (CatalogEntry entry in state.State.Tables.Values.ToArray())
        {
            // The partitions of a registered table may be open. Its deletion is finished after they
            // are closed, by the next call that makes or deletes the table; every start makes the
            // registered tables.
            if (entry.IsBeingDeleted && !tables.TryGet(entry.Schema.Name, out _))
                await CompleteDeleteAsync(entry.Schema.Name);
        }

        await base.OnActivateAsync(cancellationToken);
    }

    public Task<bool> IsBeingDeletedAsync(string name)
        => Task.FromResult(
            state.State.Tables.TryGetValue(name, out CatalogEntry? entry) && entry.IsBeingDeleted);

    public Task<bool> ExistsAsync(string name) => Task.FromResult(Find(name) is not null);

    public Task<TablePresence> FindAsync(string name)
        => Task.FromResult(Find(name) switch
        {
            null => TablePresence.Absent,
            { HasUnreadable: true } => TablePresence.HasUnreadable,
            _ => TablePresence.Present,
        });

    public async Task AddUnreadableAsync(string name)
    {
        CatalogEntry entry = Find(name) ?? throw NotFound(name);
        if (entry.HasUnreadable) return;

        await _storage!.CreateTableAsync(StorageNames.OfUnreadable(name), CancellationToken.None);
        await PutAsync(entry with { HasUnreadable = true });
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

    public async Task<EnsureResponse> EnsureAsync(TableSchema schema)
    {
        if (Find(schema.Name) is not { } entry)
        {
            await CreateAsync(schema);
            return new EnsureResponse();
        }

        IndexSchema[] added =
            [.. (entry.Added ?? []).Select(index => OfNow(index, schema)).OfType<IndexSchema>()];
        TableSchema wanted = schema with { Indexes = [.. schema.Indexes, .. added] };
        SchemaDifference difference = wanted.Compare(entry.Schema);
        if (!difference.IsCompatible)
            return new EnsureResponse { Problems = difference.Incompatibilities };

        if (entry.HasUnreadable && options.Value.UnreadableRecords == UnreadableRecords.Restore
            && await restorer.AnyAsync(entry.Schema))
        {
            entry = await RestoreAsync(entry);
            difference = wanted.Compare(entry.Schema);
        }

        IReadOnlyList<string> unfilled =
            schema.Storage == TableStorage.Disk ? difference.AddedUniqueIndexes : [];
        TableSchema kept = WithoutUnique(wanted, unfilled);
        await CreateInStorageAsync(kept);
        IReadOnlyList<string> lost = await FindLostAsync(kept);
        TableSchema usable = WithoutUnique(kept, lost);
        if (!difference.IsNone || lost.Count > 0)
            await PutAsync(entry with { Schema = usable, Added = added });

        // After the entry: an index in the catalog must have all of its values.
        if (schema.Storage == TableStorage.Disk)
            await DropUniqueIndexesAsync(schema.Name, difference.RemovedUniqueIndexes);
        return new EnsureResponse
        {
            Added = [.. added.Select(static index => index.Info)],
            Unfilled = [.. unfilled, .. lost],
        };
    }

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
        => await PutAsync(Without(Find(name) ?? throw NotFound(name), index));

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
        await PutAsync(new CatalogEntry(schema, IsBeingDeleted: false));
        return true;
    }

    public async Task<bool> BeginDeleteAsync(string name)
    {
        if (!state.State.Tables.TryGetValue(name, out CatalogEntry? entry)) return false;

        if (!entry.IsBeingDeleted) await PutAsync(entry with { IsBeingDeleted = true });
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
        }

        state.State.Tables.Remove(name);
        await WriteAsync();
        if (tables.TryGet(name, out TableDefinition? table)) table.UseDeclaredIndexes();
    }

    public async Task<byte[]> PageKeyAsync()
    {
        if (state.State.PageKey is { } known) return known;

        byte[] made = state.State.PageKey = RandomNumberGenerator.GetBytes(PageKeys.Length);
        await WriteAsync();
        return made;
    }

    /// <summary>
    /// Puts the rows back that were set aside. Their unique values may be taken by now, so the
    /// unique indexes are forgotten first, and filled again by this start, or by the next one.
    /// </summary>
    private async Task<CatalogEntry> RestoreAsync(CatalogEntry entry)
    {
        string[] unique = [.. entry.Schema.Indexes
            .Where(static index => index.Unique)
            .Select(static index => index.Name)];
        CatalogEntry without = entry with { Schema = WithoutUnique(entry.Schema, unique) };
        await PutAsync(without);
        await DropUniqueIndexesAsync(entry.Schema.Name, unique);
        await restorer.RestoreAsync(entry.Schema);
        return without;
    }

    private static CatalogEntry Without(CatalogEntry entry, string index) => entry with
    {
        Schema = entry.Schema with
        {
            Indexes = [.. entry.Schema.Indexes.Where(other => other.Name != index)],
        },
        Added = entry.Added?.Where(other => other.Name != index).ToArray(),
    };

    private static TableSchema WithoutUnique(TableSchema schema, IReadOnlyList<string> names)
        => schema with
        {
            Indexes = [.. schema.Indexes.Where(
                index => !index.Unique || !names.Contains(index.Name))],
        };

    /// <summary>
    /// An added index in the form of the current type: if the type of its values has changed, the
    /// stored index has another encoding. Null if the index does not fit the type any more, or the
    /// type declares it.
    /// </summary>
    private IndexSchema? OfNow(IndexSchema index, TableSchema schema)
    {
        if (schema.Indexes.Any(declared => declared.Name == index.Name)) return null;

        TableDefinition table = tables.Get(schema.Name);
        bool isPossible = index.Info.Properties.All(name =>
            table.FindProperty(name) is { } property && KeyComponents.TryGet(property.Type, out _));
        return isPossible ? IndexSchema.Of(table.MakeIndex(index.Info)) : null;
    }

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

    /// <summary>
    /// The unique indexes without a value, of a table that has records. Their values may have been
    /// lost, so they are filled again. If no record has a value, this costs each start some time.
    /// </summary>
    private async Task<IReadOnlyList<string>> FindLostAsync(TableSchema schema)
    {
        if (_storage is null || schema.Storage != TableStorage.Disk) return [];

        List<string> empty = [];
        foreach (IndexSchema index in schema.Indexes.Where(static index => index.Unique))
        {
            string name = StorageNames.OfUniqueIndex(schema.Name, index.Name);
            if (await IsEmptyAsync(_storage, name, schema.PartitionCount)) empty.Add(index.Name);
        }

        if (empty.Count > 0 && await IsEmptyAsync(_storage, schema.Name, schema.PartitionCount))
            return [];
        return empty;
    }

    private static async Task<bool> IsEmptyAsync(
        IJournalStorage storage, string name, int partitionCount)
    {
        for (int number = 0; number < partitionCount; number++)
        {
            await using IAsyncEnumerator<StoredRow> rows = storage
                .LoadAsync(name, number, CancellationToken.None).GetAsyncEnumerator();
            if (await rows.MoveNextAsync()) return false;
        }

        return true;
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

/// <summary>The stored form of the catalog.</summary>
internal sealed class CatalogState
{
    /// <summary>The tables by name.</summary>
    public Dictionary<string, CatalogEntry> Tables { get; set; } = [];

    /// <summary>The secret of the continuations of pages; null until the first request.</summary>
    public byte[]? PageKey { get; set; }
}

/// <summary>A table in the catalog.</summary>
/// <param name="Schema">The description of the table, with its current indexes.</param>
/// <param name="IsBeingDeleted">
/// Whether its deletion has begun. If the process dies in between, the next start completes the
/// deletion.
/// </param>
/// <param name="Added">The indexes that no type declares; null for none.</param>
/// <param name="HasUnreadable">
/// Whether there is a stored table of the records that were set aside.
/// </param>
internal sealed record CatalogEntry(
    TableSchema Schema,
    bool IsBeingDeleted,
    IReadOnlyList<IndexSchema>? Added = null,
    bool HasUnreadable = false);

/// <summary>The log messages of the catalog.</summary>
internal static partial class CatalogLog
{
    [LoggerMessage(
        EventId = 1110,
        Level = LogLevel.Warning,
        Message = "The catalog was not what {Storage} says of its tables, and was made again from "
            + "it: {Tables} tables")]
    public static partial void MadeAgain(ILogger logger, string storage, int tables);
}
