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

    public ValueTask<bool> DeleteAsync(
        TableDefinition table, Key key, CancellationToken cancellationToken)
        => SendAsync(
            table,
            key,
            static (_, key, indexes) => new DeleteOperation(key, indexes),
            static (writer, deletion, _, cancellationToken) =>
                writer.DeleteAsync(deletion, cancellationToken),
            cancellationToken);

    public ValueTask<bool> DeleteRecordAsync(
        TableDefinition table, object record, CancellationToken cancellationToken)
    {
        table.ValidateRecord(record);
        return SendAsync(
            table,
            record,
            static (table, record, indexes) =>
                new DeleteRecordOperation(table.KeyOf(record), record, indexes),
            static (writer, deletion, record, cancellationToken) =>
                writer.DeleteRecordAsync(deletion, record, cancellationToken),
            cancellationToken);
    }

    private ValueTask<bool> PutAsync(
        TableDefinition table,
        object record,
        bool onlyIfAbsent,
        CancellationToken cancellationToken)
        => SendAsync(
            table,
            (Record: record, OnlyIfAbsent: onlyIfAbsent),
            static (table, given, indexes) => new WriteOperation(
                table.KeyOf(given.Record), given.Record, indexes, given.OnlyIfAbsent),
            static (writer, write, given, cancellationToken) =>
                writer.PutAsync(write, given.Record, cancellationToken),
            cancellationToken);

    /// <summary>
    /// Sends a write with the indexes that the table has by what this process knows, and again if
    /// it has others.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="given">What is written or deleted.</param>
    /// <param name="make">Makes the write, with the stamp of the indexes.</param>
    /// <param name="writeUnique">Carries it out where there are unique indexes.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    private async ValueTask<bool> SendAsync<TGiven, TWrite>(
        TableDefinition table,
        TGiven given,
        Func<TableDefinition, TGiven, ulong, TWrite> make,
        Func<UniqueWriter, TWrite, TGiven, CancellationToken, ValueTask<bool>> writeUnique,
        CancellationToken cancellationToken)
        where TWrite : KeyOperation<bool>
    {
        for (int sends = 1; ; sends++)
        {
            IndexSet indexes = table.IndexSet;
            using Turn turn = indexes.Unique.IsEmpty
                ? default
                : await sender.State.TakeUniqueTurnAsync(cancellationToken).ConfigureAwait(false);
            TWrite write = make(table, given, indexes.Stamp);
            try
            {
                if (indexes.Unique.IsEmpty)
                {
                    return await sender.SendAsync(table, write, cancellationToken)
                        .ConfigureAwait(false);
                }

                using var writer = new UniqueWriter(sender, table, indexes);
                return await writeUnique(writer, write, given, cancellationToken)
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
