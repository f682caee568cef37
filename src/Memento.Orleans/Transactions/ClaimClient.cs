using Memento.Diagnostics;
using Memento.Keys;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Orders;
using Memento.Transactions.Reading;

namespace Memento.Transactions;

/// <summary>
/// Claims records for the transactions of clients, in the silo that they are connected to: it looks
/// for them and locks them, so that the claim is one message, and meets no other one in between.
/// </summary>
[Alias("Memento.IClaimGrain")]
internal interface IClaimGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Locks the first records for writing that satisfy a query and that nobody has locked, for the
    /// transaction of the caller.
    /// </summary>
    [Alias("ClaimAsync")]
    Task<ClaimResponse> ClaimAsync(ClaimRequest request);
}

/// <summary>A claim.</summary>
/// <param name="Table">The name of the table.</param>
/// <param name="Where">What the records have to satisfy; null: nothing.</param>
/// <param name="Order">The parts of their order; null: any order.</param>
/// <param name="IsDescending">The direction of the order.</param>
/// <param name="Wanted">How many records are wanted.</param>
/// <param name="Message">The message to each partition, without its operation.</param>
/// <param name="Savepoint">The innermost savepoint, or 0.</param>
/// <param name="Around">The savepoints around that one, the innermost first; null: none.</param>
/// <param name="Hint">The name of the index to use; null: the best way.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ClaimRequest")]
internal sealed record ClaimRequest(
    [property: Id(0)] string Table,
    [property: Id(1)] Guard? Where,
    [property: Id(2)] OrderPart[]? Order,
    [property: Id(3)] bool IsDescending,
    [property: Id(4)] int Wanted,
    [property: Id(5)] ExecuteRequest Message,
    [property: Id(6)] long Savepoint,
    [property: Id(7)] long[]? Around,
    [property: Id(8)] string? Hint);

/// <summary>What was claimed.</summary>
/// <param name="Done">The answers of the partitions.</param>
/// <param name="Tried">
/// The keys that were tried, in the order of the query. Those that others had are among them.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ClaimResponse")]
internal sealed record ClaimResponse(
    [property: Id(0)] DelegatedAnswers Done, [property: Id(1)] byte[][] Tried);

/// <summary>Has a silo claim records for transactions. Only in a client.</summary>
internal sealed class ClaimClient(
    IGrainFactory grains, PartitionGrains partitions, StoreLifetime lifetime, StoreMetrics metrics)
    : IClaims
{
    private readonly IGrainFactory _grains = grains;
    private readonly PartitionGrains _partitions = partitions;
    private readonly StoreLifetime _lifetime = lifetime;
    private readonly StoreMetrics _metrics = metrics;

    /// <inheritdoc/>
    public int MostWanted => 1_000;

    /// <inheritdoc/>
    public async ValueTask<IEnumerable<object>> ClaimAsync(
        QueryShape shape, OperationSender sender, CancellationToken cancellationToken)
    {
        var claim = new Claim(this, shape, sender);
        List<Chunk> claimed = await sender.State.DelegateAsync(
            shape.Table,
            new LockResultsOperation(QueryRunner.LockTerms(shape, skips: true), [], skips: true),
            sender.Savepoint,
            claim,
            cancellationToken).ConfigureAwait(false);
        ILookup<Key, object> records =
            claimed.SelectMany(static chunk => chunk.Records).ToLookup(shape.Table.KeyOf);
        return claim.Tried.SelectMany(key => records[key]);
    }

    private sealed class Claim(ClaimClient client, QueryShape shape, OperationSender sender)
        : IDelegation
    {
        /// <summary>The keys that the silo has tried, in the order of the query.</summary>
        public Key[] Tried { get; private set; } = [];

        public async Task<DelegatedAnswers> AskAsync(
            TransactionAge? age, CancellationToken cancellationToken)
        {
            var request = new ClaimRequest(
                shape.Table.Name,
                shape.Where.IsTrue ? null : shape.Where,
                shape.Order is { } order ? [.. order.Parts] : null,
                shape.Order is { IsDescending: true },
                shape.Take!.Value,
                sender.State.RequestTo(shape.Table, age),
                sender.Savepoint?.Id ?? 0,
                sender.Savepoint?.AroundIds,
                shape.Hint?.Name);
            client._metrics.Sent(MessageName.Execute);
            ClaimResponse response = await client._lifetime.AskForAttemptAsync(
                () => client._grains.GetGrain<IClaimGrain>(0).ClaimAsync(request)
                    .WaitAsync(OperationOutbox.Patience, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            Tried = Array.ConvertAll(response.Tried, static each => new Key(each));
            return response.Done;
        }

        public void Abort(int number) => AbortMessage.Send(
            client._partitions.Of(shape.Table, number), sender.State.Id, client._metrics);
    }
}
