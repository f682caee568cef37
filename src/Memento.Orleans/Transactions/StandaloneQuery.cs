using System.Linq.Expressions;
using System.Numerics;
using Memento.Tables;
using Memento.Transactions.Reading;

namespace Memento.Transactions;

/// <summary>
/// A query of a table outside bodies: each call that gives results is a transaction of its own, or
/// joins the one that is running.
/// </summary>
/// <param name="table">Runs the transactions.</param>
/// <param name="query">The query, which has no body yet.</param>
internal sealed class StandaloneQuery<T>(TableClient<T> table, TableQuery<T> query)
    : Query<T>, IOrderedTableQuery<T>
    where T : class
{
    /// <summary>All records of a table.</summary>
    public static StandaloneQuery<T> All(TableClient<T> client, TableDefinition table)
        => new(client, new TableQuery<T>(NoScope.Instance, QueryShape.All(table), []));

    public ITableQuery<T> Where(Expression<Func<T, bool>> where) => With(query.Where(where));

    public ITableQuery<T> Where(Guard where) => With(query.Where(where));

    public IOrderedTableQuery<T> OrderBy<TKey>(Expression<Func<T, TKey>> property)
        => With(query.OrderBy(property));

    public IOrderedTableQuery<T> OrderByDescending<TKey>(Expression<Func<T, TKey>> property)
        => With(query.OrderByDescending(property));

    public IOrderedTableQuery<T> ThenBy<TKey>(Expression<Func<T, TKey>> property)
        => With(query.ThenBy(property));

    public IOrderedTableQuery<T> ThenByDescending<TKey>(Expression<Func<T, TKey>> property)
        => With(query.ThenByDescending(property));

    public override ITableQuery<T> Skip(int count) => With(query.Skip(count));

    public override ITableQuery<T> Take(int count) => With(query.Take(count));

    public ITableQuery<T> UseIndex(string name) => With(query.UseIndex(name));

    public ITableQuery<T> ForUpdate(bool skipLocked = false)
        => throw new QueryNotSupportedException(
            nameof(ForUpdate),
            "Its locks would end with the call. Use it on tx.Query<T>() in a transaction.");

    public override ValueTask<IReadOnlyList<T>> ToListAsync(
        CancellationToken cancellationToken = default)
        => ReadAsync(asked => asked.ToListAsync(cancellationToken), cancellationToken);

    public override ValueTask<long> CountAsync(CancellationToken cancellationToken = default)
        => ReadAsync(asked => asked.CountAsync(cancellationToken), cancellationToken);

    public override ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default)
        => ReadAsync(asked => asked.AnyAsync(cancellationToken), cancellationToken);

    public override IAsyncEnumerable<T> AsAsyncEnumerable()
        => throw new QueryNotSupportedException(
            nameof(AsAsyncEnumerable),
            "An enumeration has to end inside a body. Use it on tx.Query<T>() in a transaction or "
            + "a snapshot; outside of them there are ToListAsync and ToPageAsync.");

    public override ValueTask<QueryExplanation> ExplainAsync(
        CancellationToken cancellationToken = default)
        => ReadAsync(asked => asked.ExplainAsync(cancellationToken), cancellationToken);

    public ValueTask<TValue> MinAsync<TValue>(
        Expression<Func<T, TValue>> property, CancellationToken cancellationToken = default)
        => ReadAsync(asked => asked.MinAsync(property, cancellationToken), cancellationToken);

    public ValueTask<TValue> MaxAsync<TValue>(
        Expression<Func<T, TValue>> property, CancellationToken cancellationToken = default)
        => ReadAsync(asked => asked.MaxAsync(property, cancellationToken), cancellationToken);

    public ValueTask<IReadOnlyDictionary<TKey, long>> CountByAsync<TKey>(
        Expression<Func<T, TKey>> property, CancellationToken cancellationToken = default)
        => ReadAsync(asked => asked.CountByAsync(property, cancellationToken), cancellationToken);

    public ValueTask<TValue> SumAsync<TValue>(
        Func<T, TValue> value, CancellationToken cancellationToken = default)
        where TValue : struct, INumber<TValue>
        => ReadAsync(asked => asked.SumAsync(value, cancellationToken), cancellationToken);

    public ValueTask<TValue?> SumAsync<TValue>(
        Func<T, TValue?> value, CancellationToken cancellationToken = default)
        where TValue : struct, INumber<TValue>
        => ReadAsync(asked => asked.SumAsync(value, cancellationToken), cancellationToken);

    public ValueTask<Page<T>> ToPageAsync(
        int size, string? after = null, CancellationToken cancellationToken = default)
        => ReadAsync(
            asked => asked.ToPageAsync(size, after, cancellationToken), cancellationToken);

    public ValueTask<long> DeleteAsync(CancellationToken cancellationToken = default)
        => table.RunAsync(
            async transaction => await query.In(transaction).DeleteAsync(cancellationToken),
            cancellationToken);

    public ValueTask<long> UpdateAsync(
        Func<T, T?> change, CancellationToken cancellationToken = default)
        => table.RunAsync(
            async transaction => await query.In(transaction).UpdateAsync(change, cancellationToken),
            cancellationToken);

    public ValueTask<long> DeleteInBatchesAsync(
        int size = 1000,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
        => RunInBatchesAsync(
            nameof(DeleteInBatchesAsync), size, change: null, progress, cancellationToken);

    public ValueTask<long> UpdateInBatchesAsync(
        Func<T, T?> change,
        int size = 1000,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return RunInBatchesAsync(
            nameof(UpdateInBatchesAsync), size, change, progress, cancellationToken);
    }

    private StandaloneQuery<T> With(object changed) => new(table, (TableQuery<T>)changed);

    private ValueTask<TResult> ReadAsync<TResult>(
        Func<TableQuery<T>, ValueTask<TResult>> ask, CancellationToken cancellationToken)
        => table.ReadAsync(async reader => await ask(query.In(reader)), cancellationToken);

    private async ValueTask<long> RunInBatchesAsync(
        string call,
        int size,
        Func<T, T?>? change,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, TableClient<T>.MaxBatchSize);
        table.RequireOutside(call);
        query.RequireBatches(call);
        long changed = 0;
        var batch = new Batch(Found: 0, Changed: 0, LastKey: null, After: null);
        try
        {
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                byte[]? after = batch.After;
                Batch next = await table.RunAsync(
                    async transaction => await query.In(transaction).ChangeNextAsync(
                        size, after, change, cancellationToken),
                    cancellationToken);
                if (next.Found == 0) break;

                batch = next;
                changed += batch.Changed;
                progress?.Report(changed);
            }
            while (batch.After is not null);

            return changed;
        }
        catch (OperationCanceledException canceled) when (cancellationToken.IsCancellationRequested)
        {
            throw new InBatchesCanceledException(
                table.Name, changed, batch.LastKey, canceled, cancellationToken);
        }
        catch (Exception exception)
        {
            throw new InBatchesException(table.Name, changed, batch.LastKey, exception);
        }
    }

    /// <summary>The scope of a query that only collects its parts.</summary>
    private sealed class NoScope : IReadingScope
    {
        public static NoScope Instance { get; } = new();

        public QueryRunner Queries => throw NoBody();

        public PageReader Pages => throw NoBody();

        private static InvalidOperationException NoBody() => new("The query has no body yet.");
    }
}
