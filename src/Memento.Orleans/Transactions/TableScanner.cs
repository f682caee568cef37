using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries;
using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Transactions;

/// <summary>Asks the partitions of a table, and makes one answer of theirs.</summary>
internal sealed class TableScanner(OperationSender sender)
{
    /// <summary>More keys are asked of all partitions at once, in one message each.</summary>
    public const int MaxKeysReadOneByOne = 16;

    public async ValueTask<IReadOnlyList<T>> ScanAsync<T>(
        TableDefinition table,
        Guard? where,
        int? limit,
        bool writes,
        CancellationToken cancellationToken)
        where T : class
    {
        List<StoredRecord> found = where is null
            ? await AskAsync(
                table, new ScanOperation(null, null, null, limit, writes), limit, cancellationToken)
                .ConfigureAwait(false)
            : await SelectAsync(
                table,
                QueryPlanner.Plan(table, where, order: null, isLimited: limit is not null),
                limit,
                cancellationToken)
                .ConfigureAwait(false);

        var records = new T[found.Count];
        for (int i = 0; i < records.Length; i++)
            records[i] = (T)sender.Own(table, found[i].Record);
        return records;
    }

    public async ValueTask<long> CountAsync(
        TableDefinition table, CancellationToken cancellationToken)
    {
        long count = 0;
        foreach (object? partial in await AskAllAsync(
            table, new CountOperation(), cancellationToken).ConfigureAwait(false))
        {
            count += (long)partial!;
        }

        return count;
    }

    /// <summary>All keys, in order.</summary>
    public async ValueTask<IReadOnlyList<object>> KeysAsync(
        TableDefinition table, CancellationToken cancellationToken)
    {
        object?[] answers = await AskAllAsync(table, new KeysOperation(), cancellationToken)
            .ConfigureAwait(false);
        byte[][] keys = [.. answers.SelectMany(static answer => (byte[][])answer!)];
        Array.Sort(keys, static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return Array.ConvertAll(keys, key => table.KeyCodec.Decode(key));
    }

    /// <summary>The key next to another, or the first or last where none is given; null past the end.</summary>
    public async ValueTask<object?> SeekAsync(
        TableDefinition table, Key? from, bool isBackward, CancellationToken cancellationToken)
    {
        var operation = new SeekOperation(from?.Bytes, isBackward);
        byte[]? best = null;
        foreach (object? answer in await AskAllAsync(table, operation, cancellationToken)
            .ConfigureAwait(false))
        {
            if (answer is not byte[] key) continue;

            int order = best is null ? 0 : key.AsSpan().SequenceCompareTo(best);
            if (best is null || (isBackward ? order > 0 : order < 0)) best = key;
        }

        return best is null ? null : table.KeyCodec.Decode(best);
    }

    public async ValueTask LockAsync(
        TableDefinition table, bool writes, CancellationToken cancellationToken)
        => await AskAllAsync(table, new LockPartitionOperation(writes), cancellationToken)
            .ConfigureAwait(false);

    private ValueTask<List<StoredRecord>> SelectAsync(
        TableDefinition table, QueryPlan plan, int? limit, CancellationToken cancellationToken)
    {
        if (plan.IsNothing) return new([]);
        if (plan.Keys is { Count: <= MaxKeysReadOneByOne } keys)
            return ReadEachAsync(table, keys, plan.Guard, limit, cancellationToken);

        var operation = new ScanOperation(
            plan.Guard,
            plan.Index?.Ordinal,
            plan.IsAll ? null : [.. plan.Ranges],
            limit,
            writes: false);
        return AskAsync(table, operation, limit, cancellationToken);
    }

    /// <summary>Reads whole keys where they are, which locks nothing but them.</summary>
    private async ValueTask<List<StoredRecord>> ReadEachAsync(
        TableDefinition table,
        IReadOnlyList<Key> keys,
        Guard where,
        int? limit,
        CancellationToken cancellationToken)
    {
        Func<object, bool> matches = RecordFilter.Compile(table, where);
        List<StoredRecord> found = [];
        foreach (Key key in keys)
        {
            object? records = await sender.SendAsync(
                table, new ReadAllOperation(key, writes: false), cancellationToken)
                .ConfigureAwait(false);
            foreach (object record in (object[])records!)
            {
                if (found.Count == limit) return found;
                if (matches(record)) found.Add(new StoredRecord(key.Bytes, record));
            }
        }

        return found;
    }

    /// <summary>Asks every partition, and puts the answers in the table's order.</summary>
    private async ValueTask<List<StoredRecord>> AskAsync(
        TableDefinition table,
        ScanOperation operation,
        int? limit,
        CancellationToken cancellationToken)
    {
        object?[] answers = await AskAllAsync(table, operation, cancellationToken)
            .ConfigureAwait(false);

        List<StoredRecord> found = table.Type == TableType.OrderedSet
            ? OrderedMerge.Merge(answers)
            : Concatenate(answers);
        if (found.Count > limit) found.RemoveRange(limit.Value, found.Count - limit.Value);
        return found;
    }

    /// <summary>Begins everywhere, then waits: the partitions of other silos work side by side.</summary>
    private async ValueTask<object?[]> AskAllAsync(
        TableDefinition table, Operation operation, CancellationToken cancellationToken)
    {
        var answers = new object?[table.PartitionCount];
        List<(int Number, Task<object?> Answer)>? waiting = null;
        for (int number = 0; number < answers.Length; number++)
        {
            ValueTask<object?> answer = sender.SendAsync(
                table, number, operation, cancellationToken);
            if (answer.IsCompletedSuccessfully)
                answers[number] = answer.Result;
            else
                (waiting ??= []).Add((number, answer.AsTask()));
        }

        if (waiting is not null)
        {
            // All of them, also when one fails: a call that still runs may not outlive its caller.
            await Task.WhenAll(waiting.Select(static each => each.Answer)).ConfigureAwait(false);
            foreach ((int number, Task<object?> answer) in waiting)
                answers[number] = await answer.ConfigureAwait(false);
        }

        return answers;
    }

    private static List<StoredRecord> Concatenate(object?[] answers)
    {
        int count = 0;
        foreach (object? answer in answers)
            count += ((List<StoredRecord>)answer!).Count;

        var all = new List<StoredRecord>(count);
        foreach (object? answer in answers)
            all.AddRange((List<StoredRecord>)answer!);
        return all;
    }
}
