using System.Runtime.CompilerServices;

namespace Memento.Transactions.Reading;

/// <summary>What is made of each result of another query, where the query is asked.</summary>
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
        // No ConfigureAwait: the projection is the caller's code, and runs where he waits.
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
        await foreach (TSource found in source.AsAsyncEnumerable().WithCancellation(cancellationToken))
            yield return projection(found);
    }
}
