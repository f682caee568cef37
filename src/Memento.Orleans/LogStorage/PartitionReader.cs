using System.Runtime.CompilerServices;

namespace Memento.LogStorage;

/// <summary>
/// Reads the rows of a partition. When another silo clears the runs before their end, it goes on
/// with the runs that a checkpoint has made of them.
/// </summary>
/// <remarks>
/// The rows stay those of the moment at which the reading began. An owner reads what nobody else
/// changes, so that the runs change twice at the most: by a checkpoint with the rows that were in
/// the log, and by one that was made at the same time.
/// </remarks>
internal sealed class PartitionReader(
    StateStore states,
    LogCleaner cleaner,
    Func<CancellationToken, Task<PartitionRows>> look)
{
    /// <exception cref="StorageException">
    /// The storage refused or has lost a state, or the rows were changed as well.
    /// </exception>
    public async IAsyncEnumerable<LogRow> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PartitionRows rows = await look(cancellationToken).ConfigureAwait(false);
        byte[]? last = null;
        while (true)
        {
            PartitionRows? next = null;
            using (cleaner.Read(rows.Runs))
            {
                await using IAsyncEnumerator<LogRow> reading = RowMerge.ReadAsync(
                    states, rows.Runs, RowOverlay.Sort(rows.Overlays), cancellationToken)
                    .GetAsyncEnumerator(cancellationToken);
                while (next is null)
                {
                    try
                    {
                        if (!await reading.MoveNextAsync().ConfigureAwait(false)) yield break;
                    }
                    catch (MissingPieceException missing)
                    {
                        next = await LookAgainAsync(rows, missing, cancellationToken)
                            .ConfigureAwait(false);
                        continue;
                    }

                    LogRow row = reading.Current;
                    if (last is not null && LogRow.Compare(row.Key, last) <= 0) continue;
                    last = row.Key;
                    yield return row;
                }
            }

            rows = next;
        }
    }

    private async Task<PartitionRows> LookAgainAsync(
        PartitionRows rows, MissingPieceException missing, CancellationToken cancellationToken)
    {
        PartitionRows next = await look(cancellationToken).ConfigureAwait(false);
        if (next.Runs.SequenceEqual(rows.Runs)) throw missing.Reason;
        return next.IsSame(rows)
            ? next
            : throw new StorageException(
                $"The rows of partition {rows.Rows.Partition} in {states.Place} were changed while "
                + "they were read, and a checkpoint has passed the old ones. Read them again.");
    }
}
