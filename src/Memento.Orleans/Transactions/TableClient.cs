using System.Linq.Expressions;
using Memento.Keys;
using Memento.Tables;
using Memento.Transactions.Reading;

namespace Memento.Transactions;

/// <summary>Wraps each call on a table in a transaction.</summary>
internal sealed class TableClient<T>(
    IMemento memento, SnapshotRunner snapshots, TableDefinition table) : ITable<T>
    where T : class
{
    /// <summary>
    /// A limit, because the writes of a transaction are in memory until it commits.
    /// </summary>
    public const int MaxBatchSize = 100_000;

    /// <summary>The name of the table.</summary>
    public string Name => table.Name;

    public ITableQuery<T> Query() => StandaloneQuery<T>.All(this, table);

    public ValueTask<T?> GetAsync(object key, CancellationToken cancellationToken = default)
        => ReadAsync(
            async reader => await reader.ReadAsync<T>(key, cancellationToken), cancellationToken);

    public ValueTask<bool> ExistsAsync(object key, CancellationToken cancellationToken = default)
        => ReadAsync(
            async reader => await reader.ReadAsync<T>(key, cancellationToken) is not null,
            cancellationToken);

    public ValueTask<T> PutAsync(T record, CancellationToken cancellationToken = default)
        => RunAsync(
            async transaction => await transaction.WriteAsync(
                record, LockMode.Write, cancellationToken),
            cancellationToken);

    public ValueTask<T?> UpdateAsync(
        object key, Func<T, T?> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (table.Type == TableType.Bag) throw ChangeErrors.OfBag(table);

        return RunAsync(
            async transaction =>
            {
                T? old = await transaction.ReadAsync<T>(key, LockMode.Write, cancellationToken);
                if (old is null || change(old) is not { } changed) return null;

                ChangeErrors.ThrowIfOtherKey(
                    table, table.KeyCodec.EncodeArgument(key), changed);
                return await transaction.WriteAsync(changed, LockMode.Write, cancellationToken);
            },
            cancellationToken);
    }

    public ValueTask<T> UpsertAsync(
        object key,
        Func<T> insert,
        Func<T, T?> update,
        CancellationToken cancellationToken = default)
        => RunAsync(
            async transaction => await transaction.UpsertAsync(
                key, insert, update, cancellationToken),
            cancellationToken);

    public ValueTask<T> UpsertAsync(
        object key, T insert, Func<T, T?> update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(insert);
        return UpsertAsync(key, () => insert, update, cancellationToken);
    }

    public ValueTask<bool> DeleteAsync(object key, CancellationToken cancellationToken = default)
        => RunAsync(
            async transaction => await transaction.DeleteAsync<T>(key, cancellationToken),
            cancellationToken);

    public ValueTask<IReadOnlyList<T>> WhereAsync(
        Expression<Func<T, bool>> where,
        int? limit = null,
        CancellationToken cancellationToken = default)
        => ReadAsync(
            async reader => await reader.SelectAsync(where, limit, cancellationToken),
            cancellationToken);

    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default)
        => ReadAsync(
            async reader => await reader.CountAsync<T>(cancellationToken), cancellationToken);

    public async ValueTask<long> PutManyAsync(
        IAsyncEnumerable<T> records,
        int batchSize = 1000,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchSize, MaxBatchSize);
        RequireOutside(nameof(PutManyAsync));
        long written = 0;
        try
        {
            var batch = new List<T>(Math.Min(batchSize, 1000));
            await foreach (T record in records.WithCancellation(cancellationToken))
            {
                batch.Add(record);
                if (batch.Count < batchSize) continue;

                await PutBatchAsync(batch, cancellationToken);
                written += batch.Count;
                batch.Clear();
                progress?.Report(written);
            }

            if (batch.Count == 0) return written;

            await PutBatchAsync(batch, cancellationToken);
            written += batch.Count;
            progress?.Report(written);
            return written;
        }
        catch (OperationCanceledException canceled) when (cancellationToken.IsCancellationRequested)
        {
            throw new PutManyCanceledException(table.Name, written, canceled, cancellationToken);
        }
        catch (Exception exception)
        {
            throw new PutManyException(table.Name, written, exception);
        }
    }

    /// <summary>Refuses a call that makes transactions of its own inside a running one.</summary>
    public void RequireOutside(string call)
    {
        if (memento.Current is not null) throw BatchErrors.InTransaction(call);
    }

    /// <summary>In a snapshot's body, unless a transaction has begun inside it.</summary>
    public ValueTask<TResult> ReadAsync<TResult>(
        Func<IRecordReader, Task<TResult>> body, CancellationToken cancellationToken)
        => memento.Current is null && snapshots.Current is { } snapshot
            ? new(body(snapshot))
            : RunAsync(body, cancellationToken);

    /// <summary>In the running transaction, or in one of its own.</summary>
    public ValueTask<TResult> RunAsync<TResult>(
        Func<ITransaction, Task<TResult>> body, CancellationToken cancellationToken)
        => new(memento.Current is { } running
            ? body(running)
            : memento.TransactionAsync(body, options: null, cancellationToken));

    private Task PutBatchAsync(List<T> batch, CancellationToken cancellationToken)
    {
        bool isSideBySide = CanWriteSideBySide(batch);
        return memento.TransactionAsync(
            transaction => isSideBySide
                ? WriteSideBySideAsync(transaction, batch, cancellationToken)
                : WriteOneByOneAsync(transaction, batch, cancellationToken),
            options: null,
            cancellationToken);
    }

    /// <summary>
    /// Whether the order of the records does not matter. It matters for numbers and unique values,
    /// and for two records with the same key, of which the last one stays.
    /// </summary>
    private bool CanWriteSideBySide(List<T> batch)
    {
        if (table.AutoIncrement || table.UniqueIndexes.Count > 0) return false;

        var keys = new HashSet<Key>(batch.Count);
        foreach (T record in batch)
        {
            table.ValidateRecord(record);
            if (!keys.Add(table.KeyOf(record))) return false;
        }

        return true;
    }

    private static async Task WriteOneByOneAsync(
        ITransaction transaction, List<T> batch, CancellationToken cancellationToken)
    {
        foreach (T record in batch)
            await transaction.WriteAsync(record, LockMode.Write, cancellationToken);
    }

    /// <summary>
    /// Begins all writes, so that the writes to one partition in another process leave together.
    /// </summary>
    private static async Task WriteSideBySideAsync(
        ITransaction transaction, List<T> batch, CancellationToken cancellationToken)
    {
        List<Task> writing = [];
        foreach (T record in batch)
        {
            ValueTask<T> write = transaction.WriteAsync(record, LockMode.Write, cancellationToken);
            if (write.IsCompletedSuccessfully) continue;

            Task begun = write.AsTask();
            writing.Add(begun);
            if (begun.IsFaulted) break;
        }

        await Task.WhenAll(writing);
    }
}
