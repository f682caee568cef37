using Memento.Keys;
using Memento.Participants;
using Memento.Queries.Orders;

namespace Memento.Transactions.Reading;

/// <summary>
/// Looks for candidates of a claim on behalf of a client, in the silo that it is connected to: one
/// message in the place of one to each partition.
/// </summary>
[Alias("Memento.ICandidateGrain")]
internal interface ICandidateGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// The keys of the first records that satisfy a query now, and that nobody has locked.
    /// </summary>
    [Alias("FindAsync")]
    Task<byte[][]> FindAsync(CandidateRequest request);
}

/// <summary>A query for candidates.</summary>
/// <param name="Table">The name of the table.</param>
/// <param name="Where">What they have to satisfy; null: nothing.</param>
/// <param name="Order">The parts of their order; null: any order.</param>
/// <param name="IsDescending">The direction of the order.</param>
/// <param name="Most">How many are wanted.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.CandidateRequest")]
internal sealed record CandidateRequest(
    [property: Id(0)] string Table,
    [property: Id(1)] Guard? Where,
    [property: Id(2)] OrderPart[]? Order,
    [property: Id(3)] bool IsDescending,
    [property: Id(4)] int Most);

/// <summary>Asks a silo for the candidates of claims. Only in a client.</summary>
internal sealed class CandidateClient(IGrainFactory grains, StoreLifetime lifetime)
{
    /// <summary>The most that are asked for at once.</summary>
    public const int MostAsked = 1_000;

    /// <summary>
    /// More than are wanted, because other claimers are told the same ones.
    /// </summary>
    private const int Spare = 8;

    /// <summary>The keys of candidates, in their order, and whether there may be more.</summary>
    public async ValueTask<(Key[] Keys, bool MayBeMore)> FindAsync(
        QueryShape shape, int wanted, CancellationToken cancellationToken)
    {
        var request = new CandidateRequest(
            shape.Table.Name,
            shape.Where.IsTrue ? null : shape.Where,
            shape.Order is { } order ? [.. order.Parts] : null,
            shape.Order is { IsDescending: true },
            wanted + Spare);
        byte[][] found = await lifetime.AskForAttemptAsync(
            () => grains.GetGrain<ICandidateGrain>(0).FindAsync(request), cancellationToken)
            .ConfigureAwait(false);
        return (
            Array.ConvertAll(found, static each => new Key(each)), found.Length == request.Most);
    }
}

/// <summary>The candidates of one claim that a silo has found.</summary>
internal sealed class FoundCandidates(CandidateClient client, QueryShape shape)
{
    private readonly HashSet<Key> _found = [];
    private readonly Queue<Key> _next = [];
    private bool _mayBeMore = true;

    /// <summary>
    /// The next ones, so many at the most; none at the end. What was given before is locked by now,
    /// here or by others, and is not told again.
    /// </summary>
    public async ValueTask<List<Key>> TakeAsync(int most, CancellationToken cancellationToken)
    {
        if (_next.Count == 0 && _mayBeMore)
        {
            (Key[] told, _mayBeMore) = await client.FindAsync(shape, most, cancellationToken)
                .ConfigureAwait(false);
            foreach (Key each in told)
            {
                if (_found.Add(each)) _next.Enqueue(each);
            }
        }

        List<Key> taken = [];
        while (taken.Count < most && _next.TryDequeue(out Key key))
            taken.Add(key);
        return taken;
    }
}
