using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries;
using Memento.Tables;

namespace Memento.Transactions;

/// <summary>Asks the partitions of a table, and makes one answer of theirs.</summary>
internal sealed class TableScanner(OperationSender sender, int savepoint)
{
    public async ValueTask<IReadOnlyList<T>> ScanAsync<T>(
        TableDefinition table,
        Guard? where,
        int? limit,
        bool writes,
        CancellationToken cancellationToken)
        where T : class
    {
        QueryPlan plan = QueryPlanner.Plan(table, where);
        if (plan.IsEmpty) return [];

        List<StoredRecord> found = plan.Key is { } key
            ? await ReadOneAsync(table, key, where!, limit, cancellationToken).ConfigureAwait(false)
            : await ScanPartitionsAsync(table, plan, where, limit, writes, cancellationToken)
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

    public async ValueTask LockAsync(
        TableDefinition table, bool writes, CancellationToken cancellationToken)
        => await AskAllAsync(table, new LockPartitionOperation(writes), cancellationToken)
            .ConfigureAwait(false);

    private async ValueTask<List<StoredRecord>> ReadOneAsync(
        TableDefinition table,
        Tables.Keys.Key key,
        Guard where,
        int? limit,
        CancellationToken cancellationToken)
    {
        object? records = await sender.SendAsync(
            table, new ReadAllOperation(key, writes: false), savepoint, cancellationToken)
            .ConfigureAwait(false);
        Func<object, bool> matches = GuardCompiler.Compile(table, where);
        List<StoredRecord> found = [];
        foreach (object record in (object[])records!)
        {
            if (found.Count == limit) break;
            if (matches(record)) found.Add(new StoredRecord(key.Bytes, record));
        }

        return found;
    }

    private async ValueTask<List<StoredRecord>> ScanPartitionsAsync(
        TableDefinition table,
        QueryPlan plan,
        Guard? where,
        int? limit,
        bool writes,
        CancellationToken cancellationToken)
    {
        var operation = new ScanOperation(
            where, plan.Index?.Ordinal, plan.IndexValue, limit, writes);
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
                table, number, operation, savepoint, cancellationToken);
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
