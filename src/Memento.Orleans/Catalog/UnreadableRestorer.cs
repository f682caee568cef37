using Memento.Journaling;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.Logging;

namespace Memento.Catalog;

/// <summary>
/// Puts the rows that were set aside back into their table, at a start, before a partition of the
/// table is loaded.
/// </summary>
internal sealed class UnreadableRestorer(
    DurableStorage durable, RowMover mover, ILogger<UnreadableRestorer> logger)
{
    /// <summary>Whether any row of a table was set aside.</summary>
    public async Task<bool> AnyAsync(TableSchema schema)
    {
        for (int number = 0; number < schema.PartitionCount; number++)
        {
            await using IAsyncEnumerator<StoredRow> aside = Aside(schema, number);
            if (await aside.MoveNextAsync()) return true;
        }

        return false;
    }

    /// <summary>
    /// Puts rows back. A row whose key has another record now stays: that record is newer.
    /// </summary>
    public async Task RestoreAsync(TableSchema schema)
    {
        long restored = 0;
        long stay = 0;
        for (int number = 0; number < schema.PartitionCount; number++)
        {
            await using IAsyncEnumerator<StoredRow> aside = Aside(schema, number);
            if (!await aside.MoveNextAsync()) continue;

            long epoch = await durable.Journal!.RaiseEpochAsync(
                schema.Name, number, CancellationToken.None);
            (long moved, long left) = await RestoreAsync(
                aside, new PartitionEpoch(schema.Name, number, epoch));
            restored += moved;
            stay += left;
        }

        RestoreLog.Restored(logger, restored, schema.Name, stay);
    }

    /// <summary>Walks both tables at once, in the order of their keys.</summary>
    private async Task<(long Moved, long Left)> RestoreAsync(
        IAsyncEnumerator<StoredRow> aside, PartitionEpoch owner)
    {
        await using IAsyncEnumerator<StoredRow> rows = Rows(owner.Table, owner.Partition);
        bool hasRow = await rows.MoveNextAsync();
        List<StoredRow> moving = [];
        (long moved, long left) = (0L, 0L);
        do
        {
            while (hasRow && Compare(rows.Current, aside.Current) < 0)
                hasRow = await rows.MoveNextAsync();

            if (hasRow && Compare(rows.Current, aside.Current) == 0)
            {
                left++;
                continue;
            }

            moved++;
            moving.Add(aside.Current);
            if (moving.Count == RowMover.MaxRows) await MoveAsync();
        }
        while (await aside.MoveNextAsync());

        if (moving.Count > 0) await MoveAsync();
        return (moved, left);

        async Task MoveAsync()
        {
            await mover.MoveAsync(
                StorageNames.OfUnreadable(owner.Table), owner.Table, owner, moving.ToArray());
            moving.Clear();
        }
    }

    private static int Compare(StoredRow left, StoredRow right)
        => left.Key.AsSpan().SequenceCompareTo(right.Key);

    private IAsyncEnumerator<StoredRow> Aside(TableSchema schema, int number)
        => Rows(StorageNames.OfUnreadable(schema.Name), number);

    private IAsyncEnumerator<StoredRow> Rows(string name, int number)
        => durable.Journal!.LoadAsync(name, number, CancellationToken.None).GetAsyncEnumerator();
}

/// <summary>The log message about rows that were put back.</summary>
internal static partial class RestoreLog
{
    [LoggerMessage(
        EventId = 1113,
        Level = LogLevel.Information,
        Message = "{Count} records of table '{Table}' that were set aside were put back; {Left} "
            + "stay, because another record has their key")]
    public static partial void Restored(ILogger logger, long count, string table, long left);
}
