using System.Security.Cryptography;
using Memento.Storage;
using Memento.Tables;

namespace Memento.Grains;

/// <summary>
/// The catalog. A table's rows and its entry are in two files that no transaction spans: the entry comes
/// first and goes last, and everything in between can be repeated.
/// </summary>
[KeepAlive]
internal sealed class CatalogGrain(
    [PersistentState("catalog", MementoStorage.Name)] IPersistentState<CatalogState> state,
    DurableStorage durable) : Grain, ICatalogGrain
{
    public const string Key = "catalog";

    private readonly IJournalStorage? _storage = durable.Journal;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (CatalogEntry entry in state.State.Tables.Values.ToArray())
        {
            if (entry.IsBeingDeleted) await CompleteDeleteAsync(entry.Schema.Name);
        }

        await base.OnActivateAsync(cancellationToken);
    }

    public Task<bool> ExistsAsync(string name) => Task.FromResult(Find(name) is not null);

    public Task<List<string>> ListAsync()
        => Task.FromResult(state.State.Tables.Values
            .Where(static entry => !entry.IsBeingDeleted)
            .Select(static entry => entry.Schema.Name)
            .Order(StringComparer.Ordinal)
            .ToList());

    public async Task<List<string>> EnsureAsync(TableSchema schema)
    {
        if (Find(schema.Name) is not { } entry)
        {
            await CreateAsync(schema);
            return [];
        }

        SchemaDifference difference = schema.Compare(entry.Schema);
        if (!difference.IsCompatible) return [.. difference.Incompatibilities];

        if (schema.Storage == TableStorage.Disk)
        {
            if (difference.AddedUniqueIndexes.Count > 0)
            {
                return
                [
                    $"a unique index on {string.Join(", ", difference.AddedUniqueIndexes)} was added, "
                    + "which a table that is on disk already cannot take yet",
                ];
            }

            await DropUniqueIndexesAsync(schema.Name, difference.RemovedUniqueIndexes);
        }

        if (!difference.IsNone) await PutAsync(new CatalogEntry(schema, IsBeingDeleted: false));
        await CreateStoresAsync(schema);
        return [];
    }

    public async Task<bool> CreateAsync(TableSchema schema)
    {
        if (Find(schema.Name) is not null) return false;

        await CreateStoresAsync(schema);
        await PutAsync(new CatalogEntry(schema, IsBeingDeleted: false));
        return true;
    }

    public async Task<bool> BeginDeleteAsync(string name)
    {
        if (Find(name) is not { } entry) return false;

        await PutAsync(entry with { IsBeingDeleted = true });
        return true;
    }

    public async Task CompleteDeleteAsync(string name)
    {
        if (!state.State.Tables.TryGetValue(name, out CatalogEntry? entry) || !entry.IsBeingDeleted)
            return;

        if (_storage is not null && entry.Schema.Storage == TableStorage.Disk)
        {
            foreach (string store in StoreNames.Of(entry.Schema))
                await _storage.DropTableAsync(store, CancellationToken.None);
        }

        state.State.Tables.Remove(name);
        await state.WriteStateAsync();
    }

    public async Task<byte[]> PageKeyAsync()
    {
        if (state.State.PageKey is { } known) return known;

        byte[] made = state.State.PageKey = RandomNumberGenerator.GetBytes(PageKeys.Length);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // What is in memory is what is stored, also when storing failed.
            state.State.PageKey = null;
            throw;
        }

        return made;
    }

    private CatalogEntry? Find(string name)
        => state.State.Tables.TryGetValue(name, out CatalogEntry? entry) && !entry.IsBeingDeleted
            ? entry
            : null;

    private async Task CreateStoresAsync(TableSchema schema)
    {
        if (_storage is null || schema.Storage != TableStorage.Disk) return;

        foreach (string store in StoreNames.Of(schema))
            await _storage.CreateTableAsync(store, CancellationToken.None);
    }

    private async Task DropUniqueIndexesAsync(string table, IReadOnlyList<string> indexes)
    {
        if (_storage is null) return;

        foreach (string index in indexes)
        {
            await _storage.DropTableAsync(
                StoreNames.OfUniqueIndex(table, index), CancellationToken.None);
        }
    }

    private async Task PutAsync(CatalogEntry entry)
    {
        CatalogEntry? previous = state.State.Tables.GetValueOrDefault(entry.Schema.Name);
        state.State.Tables[entry.Schema.Name] = entry;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // What is in memory is what is stored, also when storing failed.
            if (previous is null)
                state.State.Tables.Remove(entry.Schema.Name);
            else
                state.State.Tables[entry.Schema.Name] = previous;
            throw;
        }
    }
}
