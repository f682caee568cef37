using Memento.Keys;
using Memento.Participants;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Transactions;

/// <summary>
/// Writes and deletes records, and assigns numbers. In a table with unique indexes, a write has
/// several steps, all or none (<see cref="UniqueWriter"/>).
/// </summary>
internal sealed class RecordWriter(OperationSender sender)
{
    public async ValueTask<object> WriteAsync(
        TableDefinition table, object record, CancellationToken cancellationToken)
    {
        table.ValidateRecord(record);
        using Turn turn = await TakeTurnAsync(table, cancellationToken).ConfigureAwait(false);
        if (!table.AutoIncrement || !table.NeedsKey(record))
        {
            await PutAsync(table, record, onlyIfAbsent: false, cancellationToken)
                .ConfigureAwait(false);
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
        using Turn turn = await TakeTurnAsync(table, cancellationToken).ConfigureAwait(false);
        IndexSet indexes = table.IndexSet;
        if (!indexes.Unique.IsEmpty)
        {
            using var writer = new UniqueWriter(sender, table, indexes);
            return await writer.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }

        return await sender.SendAsync(
            table, new DeleteOperation(key, indexes.Stamp), cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask<bool> DeleteRecordAsync(
        TableDefinition table, object record, CancellationToken cancellationToken)
    {
        table.ValidateRecord(record);
        using Turn turn = await TakeTurnAsync(table, cancellationToken).ConfigureAwait(false);
        IndexSet indexes = table.IndexSet;
        var deletion = new DeleteRecordOperation(table.KeyOf(record), record, indexes.Stamp);
        if (!indexes.Unique.IsEmpty)
        {
            using var writer = new UniqueWriter(sender, table, indexes);
            return await writer.DeleteRecordAsync(deletion, record, cancellationToken)
                .ConfigureAwait(false);
        }

        return await sender.SendAsync(table, deletion, cancellationToken)
            .ConfigureAwait(false);
    }

    private ValueTask<Turn> TakeTurnAsync(
        TableDefinition table, CancellationToken cancellationToken)
        => table.IndexSet.Unique.IsEmpty
            ? default
            : sender.State.TakeUniqueTurnAsync(cancellationToken);

    private async ValueTask<bool> PutAsync(
        TableDefinition table,
        object record,
        bool onlyIfAbsent,
        CancellationToken cancellationToken)
    {
        IndexSet indexes = table.IndexSet;
        var write = new WriteOperation(table.KeyOf(record), record, indexes.Stamp, onlyIfAbsent);
        if (!indexes.Unique.IsEmpty)
        {
            using var writer = new UniqueWriter(sender, table, indexes);
            return await writer.PutAsync(write, record, cancellationToken).ConfigureAwait(false);
        }

        return await sender.SendAsync(table, write, cancellationToken)
            .ConfigureAwait(false);
    }
}
