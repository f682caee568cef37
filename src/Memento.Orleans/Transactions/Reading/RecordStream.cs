using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>
/// The records that a query finds, from all partitions in one order. A partition is asked for more
/// only when what it gave is used up and its next record could be the next of all.
/// </summary>
internal sealed class RecordStream
{
    private readonly OperationSender _sender;
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

    /// <param name="sender">Reaches the partitions.</param>
    /// <param name="table">The table.</param>
    /// <param name="plan">Where to look, and in which order.</param>
    /// <param name="reach">
    /// How many records will be read at the most; null: all, or nobody knows.
    /// </param>
    /// <param name="isLazy">Whether fewer may be read than there are.</param>
    /// <param name="after">
    /// The place in the order behind which it begins; null: at the beginning.
    /// </param>
    /// <param name="writes">Whether partitions are locked for writing.</param>
    /// <param name="trace">Takes note of how it is done.</param>
    public RecordStream(
        OperationSender sender,
        TableDefinition table,
        QueryPlan plan,
        int? reach = null,
        bool isLazy = false,
        byte[]? after = null,
        bool writes = false,
        QueryTrace? trace = null)
    {
        bool isLocal = sender.Partitions.ShareMemory;
        _sender = sender;
        _table = table;
        _trace = trace;
        _request = new PartitionRequest(table, plan, counts: false, writes)
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

    /// <summary>The record on which the stream stands; the store's own.</summary>
    public object Record => _current!.Record;

    /// <summary>Where it stands in the query's order; only where there is one.</summary>
    public ReadOnlySpan<byte> Place => _current!.Place;

    /// <summary>How many partitions are asked.</summary>
    public int Partitions => _feeds.Length;

    /// <summary>How many records the partitions have given so far.</summary>
    public int Given { get; private set; }

    /// <summary>
    /// To the next record, for which a partition may have to be asked; false at the end.
    /// </summary>
    public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        => MoveNext() ? new(true) : AskAndMoveAsync(cancellationToken);

    /// <summary>
    /// To the next record, where it is at hand: without the cost of a task for each of many. False
    /// where <see cref="MoveNextAsync"/> has to say what is next.
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
    /// A place in an order is one on any way; without an order it is one on its own.
    /// </summary>
    private FindOperation Ask(PartitionFeed feed)
        => _request.Ask(
            feed.Number,
            _sizes.Next(feed.Parts),
            feed.After ?? _after,
            _isOrdered ? null : feed.Way);
}
