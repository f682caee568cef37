using Memento.Keys;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Transactions;

/// <summary>
/// Writes and deletes records, and assigns numbers. In a table with unique indexes, a write has
/// several steps, all or none (<see cref="UniqueWriter"/>).
/// </summary>
internal sealed class RecordWriter(OperationSender sender)
{
    /// <summary>How often a write is sent whose indexes change meanwhile.</summary>
    private const int MostSends = 8;

    public async ValueTask<object> WriteAsync(
        TableDefinition table, object record, CancellationToken cancellationToken)
    {
        table.ValidateRecord(record);
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
        for (int sends = 1; ; sends++)
        {
            IndexSet indexes = table.IndexSet;
            using Turn turn = await TakeTurnAsync(indexes, cancellationToken)
                .ConfigureAwait(false);
            try
            {
                if (!indexes.Unique.IsEmpty)
                {
                    using var writer = new UniqueWriter(sender, table, indexes);
                    return await writer.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
                }

                return await sender.SendAsync(
                    table, new DeleteOperation(key, indexes.Stamp), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (TransactionConflictException stale) when (MaySendAgain(stale, sends))
            {
                // The table has other indexes by now.
            }
        }
    }

    public async ValueTask<bool> DeleteRecordAsync(
        TableDefinition table, object record, CancellationToken cancellationToken)
    {
        table.ValidateRecord(record);
        for (int sends = 1; ; sends++)
        {
            IndexSet indexes = table.IndexSet;
            using Turn turn = await TakeTurnAsync(indexes, cancellationToken)
                .ConfigureAwait(false);
            var deletion = new DeleteRecordOperation(table.KeyOf(record), record, indexes.Stamp);
            try
            {
                if (!indexes.Unique.IsEmpty)
                {
                    using var writer = new UniqueWriter(sender, table, indexes);
                    return await writer.DeleteRecordAsync(deletion, record, cancellationToken)
                        .ConfigureAwait(false);
                }

                return await sender.SendAsync(table, deletion, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (TransactionConflictException stale) when (MaySendAgain(stale, sends))
            {
                // The table has other indexes by now.
            }
        }
    }

    private ValueTask<Turn> TakeTurnAsync(IndexSet indexes, CancellationToken cancellationToken)
        => indexes.Unique.IsEmpty
            ? default
            : sender.State.TakeUniqueTurnAsync(cancellationToken);

    private async ValueTask<bool> PutAsync(
        TableDefinition table,
        object record,
        bool onlyIfAbsent,
        CancellationToken cancellationToken)
    {
        for (int sends = 1; ; sends++)
        {
            IndexSet indexes = table.IndexSet;
            using Turn turn = await TakeTurnAsync(indexes, cancellationToken)
                .ConfigureAwait(false);
            var write = new WriteOperation(
                table.KeyOf(record), record, indexes.Stamp, onlyIfAbsent);
            try
            {
                if (!indexes.Unique.IsEmpty)
                {
                    using var writer = new UniqueWriter(sender, table, indexes);
                    return await writer.PutAsync(write, record, cancellationToken)
                        .ConfigureAwait(false);
                }

                return await sender.SendAsync(table, write, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (TransactionConflictException stale) when (MaySendAgain(stale, sends))
            {
                // The table has other indexes by now.
            }
        }
    }

    /// <summary>
    /// Whether a write was refused because this process did not know the indexes, which it does
    /// now. One that is refused for ever ends the attempt.
    /// </summary>
    private bool MaySendAgain(TransactionConflictException stale, int sends)
    {
        if (stale.InnerException is not IndexesChangedException || sender.State.Doom is not null)
            return false;
        if (sends < MostSends) return true;

        sender.State.DoomWith(stale);
        return false;
    }
}
