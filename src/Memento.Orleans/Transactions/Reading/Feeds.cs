namespace Memento.Transactions.Reading;

/// <summary>
/// Merges feeds that are each in order. It is a tournament: every inner node keeps the loser of its
/// match, so the next winner is known after one match on each level.
/// </summary>
internal sealed class FeedTournament : FeedQueue
{
    /// <summary>
    /// The player of a node without a match yet. It wins against all others, so that it leaves the
    /// tree.
    /// </summary>
    private const int Nobody = -1;

    private readonly PartitionFeed[] _feeds;
    private readonly bool _isBackward;
    private readonly int[] _losers;
    private int _winner = Nobody;
    private int _dry;

    public FeedTournament(PartitionFeed[] feeds, bool isBackward)
    {
        _feeds = feeds;
        _isBackward = isBackward;
        _losers = new int[feeds.Length];
        Array.Fill(_losers, Nobody);
        _dry = feeds.Length;
    }

    public override PartitionFeed? First
        => Dry is null && _winner != Nobody && _feeds[_winner].HasNext ? _feeds[_winner] : null;

    public override PartitionFeed? Dry
    {
        get
        {
            if (_dry == 0) return null;
            return Array.Find(_feeds, static feed => feed.IsDry);
        }
    }

    public override void Refilled(PartitionFeed feed)
    {
        if (feed.IsDry) return;

        _dry--;
        Play(Array.IndexOf(_feeds, feed));
    }

    public override void Advance()
    {
        PartitionFeed feed = _feeds[_winner];
        feed.Advance();
        if (feed.IsDry)
            _dry++;
        else
            Play(_winner);
    }

    /// <summary>Lets a feed with a new result play its way up.</summary>
    private void Play(int player)
    {
        for (int match = (player + _feeds.Length) / 2; match > 0; match /= 2)
        {
            if (IsBefore(_losers[match], player))
                (_losers[match], player) = (player, _losers[match]);
        }

        _winner = player;
    }

    private bool IsBefore(int one, int other)
    {
        if (one == Nobody) return other != Nobody;
        if (other == Nobody || !_feeds[one].HasNext) return false;
        if (!_feeds[other].HasNext) return true;

        int order = _feeds[one].Place.AsSpan().SequenceCompareTo(_feeds[other].Place);
        return _isBackward ? order > 0 : order < 0;
    }
}

/// <summary>One feed after the other, for a query without an order.</summary>
internal sealed class FeedSeries(PartitionFeed[] feeds) : FeedQueue
{
    private int _turn;

    public override PartitionFeed? First => Turn is { HasNext: true } feed ? feed : null;

    public override PartitionFeed? Dry => Turn is { IsDry: true } feed ? feed : null;

    private PartitionFeed? Turn
    {
        get
        {
            while (_turn < feeds.Length && feeds[_turn].IsAtEnd)
                _turn++;
            return _turn < feeds.Length ? feeds[_turn] : null;
        }
    }

    public override void Refilled(PartitionFeed feed)
    {
    }

    public override void Advance() => feeds[_turn].Advance();
}

/// <summary>Finds the feed with the next result.</summary>
internal abstract class FeedQueue
{
    /// <summary>
    /// The feed with the next result; null at the end, or while <see cref="Dry"/> is not null.
    /// </summary>
    public abstract PartitionFeed? First { get; }

    /// <summary>The feed that has to be filled before the next result is known.</summary>
    public abstract PartitionFeed? Dry { get; }

    public static FeedQueue Of(PartitionFeed[] feeds, bool isOrdered, bool isBackward)
        => isOrdered ? new FeedTournament(feeds, isBackward) : new FeedSeries(feeds);

    /// <summary>Called after a feed was filled.</summary>
    public abstract void Refilled(PartitionFeed feed);

    /// <summary>Goes to the next result after that of the first feed.</summary>
    public abstract void Advance();
}
