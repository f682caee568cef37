namespace Memento.Transactions.Reading;

/// <summary>What a query over records and one over projections have in common.</summary>
internal abstract class Query<TResult> : IQuery<TResult>
{
    public abstract IQuery<TResult> Skip(int count);

    public abstract IQuery<TResult> Take(int count);

    public IQuery<TNext> Select<TNext>(Func<TResult, TNext> projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        return new ProjectedQuery<TResult, TNext>(this, projection);
    }

    public abstract ValueTask<IReadOnlyList<TResult>> ToListAsync(
        CancellationToken cancellationToken = default);

    public async ValueTask<TResult?> FirstOrDefaultAsync(
        CancellationToken cancellationToken = default)
    {
        IReadOnlyList<TResult> found = await Take(1).ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        return found.Count == 0 ? default : found[0];
    }

    public async ValueTask<TResult?> SingleOrDefaultAsync(
        CancellationToken cancellationToken = default)
    {
        IReadOnlyList<TResult> found = await Take(2).ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        return found.Count switch
        {
            0 => default,
            1 => found[0],
            _ => throw new InvalidOperationException(
                "The query has more than one result. Use FirstOrDefaultAsync where any will do."),
        };
    }

    public abstract ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    public abstract ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default);

    public abstract IAsyncEnumerable<TResult> AsAsyncEnumerable();

    public abstract ValueTask<QueryExplanation> ExplainAsync(
        CancellationToken cancellationToken = default);
}
