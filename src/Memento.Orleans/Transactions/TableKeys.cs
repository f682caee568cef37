using Memento.Keys;
using Memento.Participants;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Transactions;

/// <summary>Asks all partitions of a table for its keys, and locks whole tables.</summary>
internal sealed class TableKeys(IOperationSender sender)
{
    /// <summary>All keys, in order.</summary>
    public async ValueTask<IReadOnlyList<object>> AllAsync(
        TableDefinition table, CancellationToken cancellationToken)
    {
        byte[][][] answers = await sender.SendToAllAsync(
            table, new KeysOperation(), cancellationToken).ConfigureAwait(false);
        byte[][] keys = [.. answers.SelectMany(static answer => answer)];
        Array.Sort(keys, static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return Array.ConvertAll(keys, key => table.KeyCodec.Decode(key));
    }

    /// <summary>
    /// The key next to another one, or the first or last key if none is given; null past the end.
    /// </summary>
    public async ValueTask<object?> SeekAsync(
        TableDefinition table, Key? from, bool isBackward, CancellationToken cancellationToken)
    {
        var operation = new SeekOperation(from?.Bytes, isBackward);
        byte[]? best = null;
        foreach (byte[]? key in await sender.SendToAllAsync(table, operation, cancellationToken)
            .ConfigureAwait(false))
        {
            if (key is null) continue;

            int order = best is null ? 0 : key.AsSpan().SequenceCompareTo(best);
            if (best is null || (isBackward ? order > 0 : order < 0)) best = key;
        }

        return best is null ? null : table.KeyCodec.Decode(best);
    }

    public async ValueTask LockAsync(
        TableDefinition table, bool writes, CancellationToken cancellationToken)
        => await sender.SendToAllAsync(table, new LockPartitionOperation(writes), cancellationToken)
            .ConfigureAwait(false);
}
