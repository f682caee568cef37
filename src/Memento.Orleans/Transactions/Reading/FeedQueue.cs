namespace Memento.Transactions.Reading;

/// <summary>Says whose result comes next.</summary>
internal abstract class FeedQueue
{
    /// <summary>The feed whose result comes next; null at the end, and where <see cref="Dry"/> is not.</summary>
    public abstract PartitionFeed? First { get; }

    /// <summary>The feed that has to be filled before the next result is known.</summary>
    public abstract PartitionFeed? Dry { get; }

    public static FeedQueue Of(PartitionFeed[] feeds, bool isOrdered, bool isBackward)
        => isOrdered ? new FeedTournament(feeds, isBackward) : new FeedSeries(feeds);

    /// <summary>Takes note that a feed has been filled.</summary>
    public abstract void Refilled(PartitionFeed feed);

    /// <summary>Goes on behind the first one's result.</summary>
    public abstract void Advance();
}
