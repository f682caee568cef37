using System.Runtime.CompilerServices;

namespace Memento.Transactions.Reading;

/// <summary>The common part of a query over records and a query over projections.</summary>
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

/// <summary>
/// A query whose results are made from the results of another query, in the process that asks.
/// </summary>
internal sealed class ProjectedQuery<TSource, TResult>(
    IQuery<TSource> source, Func<TSource, TResult> projection) : Query<TResult>
{
    public override IQuery<TResult> Skip(int count)
        => new ProjectedQuery<TSource, TResult>(source.Skip(count), projection);

    public override IQuery<TResult> Take(int count)
        => new ProjectedQuery<TSource, TResult>(source.Take(count), projection);

    public override async ValueTask<IReadOnlyList<TResult>> ToListAsync(
        CancellationToken cancellationToken = default)
    {
        // No ConfigureAwait: the projection is code of the caller, and runs in the caller's
        // context.
        IReadOnlyList<TSource> found = await source.ToListAsync(cancellationToken);
        var projected = new TResult[found.Count];
        for (int i = 0; i < projected.Length; i++)
            projected[i] = projection(found[i]);
        return projected;
    }

    public override ValueTask<long> CountAsync(CancellationToken cancellationToken = default)
        => source.CountAsync(cancellationToken);

    public override ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default)
        => source.AnyAsync(cancellationToken);

    public override IAsyncEnumerable<TResult> AsAsyncEnumerable()
        => StreamAsync(CancellationToken.None);

    public override ValueTask<QueryExplanation> ExplainAsync(
        CancellationToken cancellationToken = default)
        => source.ExplainAsync(cancellationToken);

    private async IAsyncEnumerable<TResult> StreamAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (
            TSource found in source.AsAsyncEnumerable().WithCancellation(cancellationToken))
            yield return projection(found);
    }
}
