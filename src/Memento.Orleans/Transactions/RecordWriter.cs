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
        using UniqueTurn turn = await TakeTurnAsync(table, cancellationToken).ConfigureAwait(false);
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
        using UniqueTurn turn = await TakeTurnAsync(table, cancellationToken).ConfigureAwait(false);
        IndexSet indexes = table.IndexSet;
        if (!indexes.Unique.IsEmpty
            && await ReadForWriteAsync(table, key, cancellationToken).ConfigureAwait(false) is { } old)
        {
            foreach (IndexDefinition index in indexes.Unique)
            {
                await ReleaseAsync(table, index, key, old, next: null, cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        return (bool)(await sender.SendAsync(
            table, new DeleteOperation(key, indexes.Stamp), cancellationToken)
            .ConfigureAwait(false))!;
    }

    public async ValueTask<bool> DeleteRecordAsync(
        TableDefinition table, object record, CancellationToken cancellationToken)
    {
        table.ValidateRecord(record);
        using UniqueTurn turn = await TakeTurnAsync(table, cancellationToken).ConfigureAwait(false);
        IndexSet indexes = table.IndexSet;
        Key key = table.KeyOf(record);
        bool isDeleted = (bool)(await sender.SendAsync(
            table, new DeleteRecordOperation(key, record, indexes.Stamp), cancellationToken)
            .ConfigureAwait(false))!;
        if (!isDeleted) return false;

        foreach (IndexDefinition index in indexes.Unique)
        {
            await ReleaseAsync(table, index, key, record, next: null, cancellationToken)
                .ConfigureAwait(false);
        }

        return true;
    }

    private ValueTask<UniqueTurn> TakeTurnAsync(
        TableDefinition table, CancellationToken cancellationToken)
        => table.IndexSet.Unique.IsEmpty
            ? default
            : sender.State.TakeUniqueTurnAsync(cancellationToken);

    private async ValueTask<bool> PutAsync(
        TableDefinition table, object record, bool onlyIfAbsent, CancellationToken cancellationToken)
    {
        IndexSet indexes = table.IndexSet;
        Key key = table.KeyOf(record);
        object? old = null;
        if (!indexes.Unique.IsEmpty)
        {
            old = await ReadForWriteAsync(table, key, cancellationToken).ConfigureAwait(false);
            if (old is not null && onlyIfAbsent) return false;
            await ClaimAsync(table, indexes, key, record, cancellationToken).ConfigureAwait(false);
        }

        bool isWritten = (bool)(await sender.SendAsync(
            table, new WriteOperation(key, record, indexes.Stamp, onlyIfAbsent), cancellationToken)
            .ConfigureAwait(false))!;
        if (old is null) return isWritten;

        foreach (IndexDefinition index in indexes.Unique)
        {
            await ReleaseAsync(table, index, key, old, record, cancellationToken)
                .ConfigureAwait(false);
        }

        return isWritten;
    }

    private ValueTask<object?> ReadForWriteAsync(
        TableDefinition table, Key key, CancellationToken cancellationToken)
        => sender.SendAsync(
            table, new ReadOperation(key, writes: true), cancellationToken);

    /// <summary>Takes the values of a record in all unique indexes, or none of them.</summary>
    private async ValueTask ClaimAsync(
        TableDefinition table,
        IndexSet indexes,
        Key key,
        object record,
        CancellationToken cancellationToken)
    {
        foreach (IndexDefinition index in indexes.Unique)
        {
            if (!index.TryEncodeUnique(record, out byte[] value)) continue;

            object? holder = await sender.SendAsync(
                table, new ClaimOperation(index.Reference, new Key(value), key.Bytes), cancellationToken)
                .ConfigureAwait(false);
            if (holder is null) continue;

            await UnclaimAsync(table, indexes, index, key, record, cancellationToken)
                .ConfigureAwait(false);
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
        IndexSet indexes,
        IndexDefinition refused,
        Key key,
        object record,
        CancellationToken cancellationToken)
    {
        object? standing = await ReadForWriteAsync(table, key, cancellationToken).ConfigureAwait(false);
        foreach (IndexDefinition index in indexes.Unique)
        {
            if (index == refused) return;

            await ReleaseAsync(table, index, key, record, standing, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async ValueTask ReleaseAsync(
        TableDefinition table,
        IndexDefinition index,
        Key key,
        object old,
        object? next,
        CancellationToken cancellationToken)
    {
        if (!index.TryEncodeUnique(old, out byte[] value)) return;
        if (next is not null && index.TryEncodeUnique(next, out byte[] kept)
            && kept.AsSpan().SequenceEqual(value))
        {
            return;
        }

        await sender.SendAsync(
            table, new ReleaseOperation(index.Reference, new Key(value), key.Bytes), cancellationToken)
            .ConfigureAwait(false);
    }
}
