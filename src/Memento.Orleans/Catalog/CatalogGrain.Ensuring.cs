using Memento.Storage;
using Memento.Tables;

namespace Memento.Catalog;

/// <content>What a silo that starts needs of a table.</content>
internal sealed partial class CatalogGrain
{
    public async Task<EnsureResponse> EnsureAsync(TableSchema schema, SiloAddress silo)
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
        if (_users.Any(each => !each.Equals(silo) && !peers.IsDead(each)))
            return await EnsureInUseAsync(entry, wanted, added);

        _used.Remove(schema.Name);
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
            Missing = Missing(wanted.Indexes.Except(usable.Indexes), added),
        };
    }

    /// <summary>
    /// The partitions of a table may be open in other silos. Its indexes are changed as in use,
    /// after the start, and what is stored of them stays.
    /// </summary>
    private async Task<EnsureResponse> EnsureInUseAsync(
        CatalogEntry entry, TableSchema wanted, IReadOnlyList<IndexSchema> added)
    {
        TableSchema now = entry.Schema;
        TableSchema kept = wanted with { Indexes = now.Indexes };
        if (!kept.Compare(now).IsNone) await PutAsync(entry with { Schema = kept });
        return new EnsureResponse
        {
            Missing = Missing(wanted.Indexes.Except(now.Indexes), added),
            Superfluous =
                [.. now.Indexes.Except(wanted.Indexes).Select(static index => index.Info)],
        };
    }

    private static MissingIndex[] Missing(
        IEnumerable<IndexSchema> indexes, IReadOnlyList<IndexSchema> added)
        => [.. indexes.Select(index =>
            new MissingIndex(index.Info, IsDeclared: !added.Contains(index)))];

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
        return table.HasValuesOf(index) ? IndexSchema.Of(table.MakeIndex(index.Info)) : null;
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
}
