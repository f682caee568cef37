using Memento.Partitions.Operations;
using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Transactions;

/// <summary>
/// Writes and deletes records with what belongs to it: assigned numbers and the entries of unique indexes,
/// which live in the partition of their value.
/// </summary>
internal sealed class RecordWriter(OperationSender sender)
{
    public async ValueTask<object> WriteAsync(
        TableDefinition table, object record, CancellationToken cancellationToken)
    {
        table.ValidateRecord(record);
        if (!table.AutoIncrement || !table.NeedsKey(record))
        {
            await PutAsync(table, record, onlyIfAbsent: false, cancellationToken).ConfigureAwait(false);
            return record;
        }

        while (true)
        {
            long number = await sender.Partitions.NextNumberAsync(table, cancellationToken)
                .ConfigureAwait(false);
            object numbered = table.WithKey(record, number);
            if (await PutAsync(table, numbered, onlyIfAbsent: true, cancellationToken)
                .ConfigureAwait(false))
            {
                return numbered;
            }
        }
    }

    public async ValueTask<bool> DeleteAsync(
        TableDefinition table, Key key, CancellationToken cancellationToken)
    {
        if (table.UniqueIndexes.Count > 0
            && await ReadForWriteAsync(table, key, cancellationToken).ConfigureAwait(false) is { } old)
        {
            await ReleaseAsync(table, key, old, next: null, cancellationToken).ConfigureAwait(false);
        }

        return (bool)(await sender.SendAsync(
            table, new DeleteOperation(key), cancellationToken).ConfigureAwait(false))!;
    }

    public async ValueTask<bool> DeleteRecordAsync(
        TableDefinition table, object record, CancellationToken cancellationToken)
    {
        table.ValidateRecord(record);
        Key key = table.KeyOf(record);
        bool isDeleted = (bool)(await sender.SendAsync(
            table, new DeleteRecordOperation(key, record), cancellationToken)
            .ConfigureAwait(false))!;
        if (isDeleted && table.UniqueIndexes.Count > 0)
            await ReleaseAsync(table, key, record, next: null, cancellationToken).ConfigureAwait(false);
        return isDeleted;
    }

    private async ValueTask<bool> PutAsync(
        TableDefinition table, object record, bool onlyIfAbsent, CancellationToken cancellationToken)
    {
        Key key = table.KeyOf(record);
        object? old = null;
        if (table.UniqueIndexes.Count > 0)
        {
            old = await ReadForWriteAsync(table, key, cancellationToken).ConfigureAwait(false);
            if (old is not null && onlyIfAbsent) return false;
            await ClaimAsync(table, key, record, cancellationToken).ConfigureAwait(false);
        }

        bool isWritten = (bool)(await sender.SendAsync(
            table, new WriteOperation(key, record, onlyIfAbsent), cancellationToken)
            .ConfigureAwait(false))!;
        if (old is not null)
            await ReleaseAsync(table, key, old, record, cancellationToken).ConfigureAwait(false);
        return isWritten;
    }

    private ValueTask<object?> ReadForWriteAsync(
        TableDefinition table, Key key, CancellationToken cancellationToken)
        => sender.SendAsync(
            table, new ReadOperation(key, writes: true), cancellationToken);

    /// <summary>Takes the values of a record in all unique indexes, or none of them.</summary>
    private async ValueTask ClaimAsync(
        TableDefinition table, Key key, object record, CancellationToken cancellationToken)
    {
        for (int i = 0; i < table.UniqueIndexes.Count; i++)
        {
            IndexDefinition index = table.UniqueIndexes[i];
            if (!index.TryEncodeUnique(record, out byte[] value)) continue;

            object? holder = await sender.SendAsync(
                table, new ClaimOperation(i + 1, new Key(value), key.Bytes), cancellationToken).ConfigureAwait(false);
            if (holder is null) continue;

            await UnclaimAsync(table, key, record, before: i, cancellationToken).ConfigureAwait(false);
            throw new UniqueIndexException(
                table.Name,
                index.Name,
                index.ValueOf(record),
                table.KeyCodec.Decode(new Key((byte[])holder)));
        }
    }

    /// <summary>
    /// Gives back what was claimed for a record that is not written after all: the claims that the record
    /// which stands there does not itself need.
    /// </summary>
    private async ValueTask UnclaimAsync(
        TableDefinition table,
        Key key,
        object record,
        int before,
        CancellationToken cancellationToken)
    {
        object? standing = await ReadForWriteAsync(table, key, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < before; i++)
            await ReleaseAsync(table, i, key, record, standing, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ReleaseAsync(
        TableDefinition table, Key key, object old, object? next, CancellationToken cancellationToken)
    {
        for (int i = 0; i < table.UniqueIndexes.Count; i++)
            await ReleaseAsync(table, i, key, old, next, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ReleaseAsync(
        TableDefinition table,
        int unique,
        Key key,
        object old,
        object? next,
        CancellationToken cancellationToken)
    {
        IndexDefinition index = table.UniqueIndexes[unique];
        if (!index.TryEncodeUnique(old, out byte[] value)) return;
        if (next is not null && index.TryEncodeUnique(next, out byte[] kept)
            && kept.AsSpan().SequenceEqual(value))
        {
            return;
        }

        await sender.SendAsync(
            table, new ReleaseOperation(unique + 1, new Key(value), key.Bytes), cancellationToken).ConfigureAwait(false);
    }
}
