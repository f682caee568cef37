using Memento.Storage;

namespace Memento.Participants;

/// <summary>
/// How transactions ended, each kept until a time of its own. They lie in buckets that are dropped whole, so
/// that none is ever looked for to be forgotten. Not thread-safe.
/// </summary>
/// <remarks>
/// A bucket takes what is to be kept until its end or a little shorter: at most half of the time that it is
/// to be kept. So there are four buckets where all are kept equally long, and a few more for every doubling
/// of that time; each of them is asked for an id.
/// </remarks>
internal sealed class EndedTransactions
{
    private readonly List<Bucket> _buckets = [];

    /// <summary>How a transaction ended; null where that is not known, or not any more.</summary>
    public TransactionOutcome? Find(Guid id)
    {
        foreach (Bucket bucket in _buckets)
        {
            if (bucket.Outcomes.TryGetValue(id, out TransactionOutcome outcome)) return outcome;
        }

        return null;
    }

    /// <summary>Keeps an outcome; the transaction must not be known here.</summary>
    /// <param name="id">The transaction.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="now">Now, as a timestamp.</param>
    /// <param name="until">The timestamp until which it is kept at least.</param>
    public void Add(Guid id, TransactionOutcome outcome, long now, long until)
    {
        long latest = until + ((until - now) / 2);
        Bucket? bucket = null;
        foreach (Bucket each in _buckets)
        {
            if (each.End < until || each.End > latest) continue;
            bucket = each;
            break;
        }

        if (bucket is null) _buckets.Add(bucket = new Bucket(latest));
        bucket.Outcomes.Add(id, outcome);
    }

    /// <summary>Drops the buckets whose end has come.</summary>
    public void Forget(long now) => _buckets.RemoveAll(bucket => bucket.End <= now);

    private sealed class Bucket(long end)
    {
        public long End { get; } = end;

        public Dictionary<Guid, TransactionOutcome> Outcomes { get; } = [];
    }
}
