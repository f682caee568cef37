using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>
/// The records that a query finds, from all partitions in one order. A partition is asked for more
/// only when its records are used up and its next record could be the next one of all.
/// </summary>
internal sealed class RecordStream
{
    private readonly IOperationSender _sender;
    private readonly TableDefinition _table;
    private readonly PartitionRequest _request;
    private readonly ChunkSizes _sizes;
    private readonly byte[]? _after;
    private readonly bool _isOrdered;
    private readonly QueryTrace? _trace;
    private readonly PartitionFeed[] _feeds;
    private readonly FeedQueue _queue;
    private bool _hasBegun;
    private PartitionFeed? _current;

    /// <param name="sender">Sends operations to the partitions.</param>
    /// <param name="table">The table.</param>
    /// <param name="plan">The ways to the records, and the order.</param>
    /// <param name="reach">
    /// How many records will be read, at the most; null: all, or it is not known.
    /// </param>
    /// <param name="isLazy">Whether the reader may stop before the end.</param>
    /// <param name="after">
    /// The place in the order after which the stream begins; null: the beginning.
    /// </param>
    /// <param name="writes">Whether partitions are locked for writing.</param>
    /// <param name="trace">Collects how the query is answered.</param>
    /// <param name="locks">What the walks lock.</param>
    public RecordStream(
        IOperationSender sender,
        TableDefinition table,
        QueryPlan plan,
        int? reach = null,
        bool isLazy = false,
        byte[]? after = null,
        bool writes = false,
        QueryTrace? trace = null,
        WalkLocks locks = WalkLocks.Ranges)
    {
        bool isLocal = sender.SharesMemory;
        _sender = sender;
        _table = table;
        _trace = trace;
        _request = new PartitionRequest(
            table, plan, counts: false, writes, sender.MayLackIndexes, locks)
        {
            Reach = reach is { } wanted ? ChunkSizes.Limit(wanted, isLocal) : null,
        };
        _sizes = isLazy && reach is null
            ? ChunkSizes.Unknown
            : ChunkSizes.For(reach, _request.Partitions.Length, _request.IsSorted, isLocal);
        _after = after;
        _isOrdered = plan.Order is not null;
        _feeds = Array.ConvertAll(_request.Partitions, static number => new PartitionFeed(number));
        _queue = FeedQueue.Of(_feeds, _isOrdered, plan.Order is { IsDescending: true });
    }

    /// <summary>The current record. It is the object of the store, not a copy.</summary>
    public object Record => _current!.Record;

    /// <summary>
    /// The place of the current record in the order of the query. Only if the query has an order.
    /// </summary>
    public ReadOnlySpan<byte> Place => _current!.Place;

    /// <summary>How many partitions are asked.</summary>
    public int Partitions => _feeds.Length;

    /// <summary>How many records the partitions have returned so far.</summary>
    public int Given { get; private set; }

    /// <summary>
    /// Goes to the next record, for which a partition may have to be asked; false at the end.
    /// </summary>
    public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        => MoveNext() ? new(true) : AskAndMoveAsync(cancellationToken);

    /// <summary>
    /// Goes to the next record without a task, if no partition has to be asked for it. False if
    /// <see cref="MoveNextAsync"/> has to be called.
    /// </summary>
    public bool MoveNext()
    {
        if (_current is not null) _queue.Advance();
        _current = _queue.First;
        return _current is not null;
    }

    private async ValueTask<bool> AskAndMoveAsync(CancellationToken cancellationToken)
    {
        if (!_hasBegun) await BeginAsync(cancellationToken).ConfigureAwait(false);
        while (_queue.Dry is { } dry)
        {
            Fill(dry, await _sender.SendAsync(_table, dry.Number, Ask(dry), cancellationToken)
                .ConfigureAwait(false));
        }

        return MoveNext();
    }

    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        Chunk[] chunks = await _sender.SendToEachAsync(
            _table, _request.Partitions, _request.AskEach(_sizes.First, _after), cancellationToken)
            .ConfigureAwait(false);
        for (int i = 0; i < chunks.Length; i++)
            Fill(_feeds[i], chunks[i]);
    }

    private void Fill(PartitionFeed feed, Chunk chunk)
    {
        _trace?.Add(feed.Number, chunk);
        Given += chunk.Records.Count;
        feed.Fill(chunk);
        _queue.Refilled(feed);
    }

    /// <summary>
    /// A place in an order is valid on every way; without an order it is valid only on its own way.
    /// </summary>
    private FindOperation Ask(PartitionFeed feed)
        => _request.Ask(
            feed.Number,
            _sizes.Next(feed.Parts),
            feed.After ?? _after,
            _isOrdered ? null : feed.Way);
}
