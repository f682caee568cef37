using Memento.Queries.Orders;

namespace Memento.Transactions.Reading;

/// <summary>Reads pages, and continues them where the page before ended.</summary>
internal sealed class PageReader(QueryRunner runner, IPageKeys keys)
{
    /// <exception cref="InvalidContinuationException">It is not one of this query.</exception>
    public async ValueTask<Page<T>> ReadAsync<T>(
        QueryShape shape, int size, string? after, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        QueryShape ordered = shape with { Order = shape.Order ?? RecordOrder.ByKey(isDescending: false) };
        byte[] secret = await keys.GetAsync(cancellationToken).ConfigureAwait(false);
        byte[]? place = after is null ? null : Continuation.Read(secret, ordered, after);
        (List<T> items, byte[]? last) = await runner.PageAsync<T>(
            ordered, size, place, cancellationToken).ConfigureAwait(false);
        return new Page<T>(items, last is null ? null : Continuation.Write(secret, ordered, last));
    }
}
