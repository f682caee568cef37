using System.Runtime.CompilerServices;

namespace Memento.LogStorage;

/// <summary>
/// Rows of several sources in the order of their keys. Of a key in several sources, the row of the
/// newest source counts.
/// </summary>
internal static class RowMerge
{
    /// <param name="states">Where the runs are.</param>
    /// <param name="runs">The runs, oldest first.</param>
    /// <param name="newest">Rows that are newer than all runs, in the order of their keys.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="MissingPieceException">A piece of a run is not there.</exception>
    public static async IAsyncEnumerable<LogRow> ReadAsync(
        StateStore states,
        IReadOnlyList<Run> runs,
        LogRow[] newest,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RunReader[] readers = [.. runs.Select(run => new RunReader(states, run))];
        try
        {
            await foreach (LogRow row in MergeAsync(readers, newest, cancellationToken)
                .ConfigureAwait(false))
            {
                yield return row;
            }
        }
        finally
        {
            foreach (RunReader reader in readers)
                await reader.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<LogRow> MergeAsync(
        RunReader[] readers,
        LogRow[] newest,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var heads = new LogRow?[readers.Length];
        for (int index = 0; index < readers.Length; index++)
            heads[index] = await readers[index].ReadRowAsync().ConfigureAwait(false);

        int next = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogRow? first = next < newest.Length ? newest[next] : null;
            foreach (LogRow? head in heads.AsEnumerable().Reverse())
            {
                if (head is { } row
                    && (first is null || LogRow.Compare(row.Key, first.Value.Key) < 0))
                {
                    first = row;
                }
            }

            if (first is not { } found) yield break;
            yield return found;
            if (next < newest.Length && LogRow.Compare(newest[next].Key, found.Key) == 0) next++;
            for (int index = 0; index < heads.Length; index++)
            {
                if (heads[index] is { } head && LogRow.Compare(head.Key, found.Key) == 0)
                    heads[index] = await readers[index].ReadRowAsync().ConfigureAwait(false);
            }
        }
    }
}
