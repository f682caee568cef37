namespace Memento.Diagnostics;

/// <summary>
/// How transactions have ended since the start of the process. Unlike a metric, it counts without
/// a listener.
/// </summary>
internal sealed class TransactionCounts
{
    private readonly StripedCounter _commits = new();
    private readonly StripedCounter _restarts = new();
    private readonly StripedCounter[] _aborts =
        [.. AbortReason.All.Select(static _ => new StripedCounter())];

    /// <summary>What was counted up to now.</summary>
    public TransactionTally Tally
        => new(
            _commits.Sum,
            AbortReason.All
                .Select((reason, index) => KeyValuePair.Create(reason, _aborts[index].Sum))
                .Where(static each => each.Value > 0)
                .ToDictionary(StringComparer.Ordinal),
            _restarts.Sum);

    public void Committed() => _commits.Add(1);

    public void Restarted() => _restarts.Add(1);

    /// <param name="reason">One of <see cref="AbortReason.All"/>.</param>
    public void Aborted(string reason) => Aborted(reason, 1);

    /// <summary>Adds what a client has counted.</summary>
    public void Add(TransactionTally tally)
    {
        _commits.Add(tally.Commits);
        _restarts.Add(tally.Restarts);
        foreach ((string reason, long count) in tally.AbortsByReason)
            Aborted(reason, count);
    }

    private void Aborted(string reason, long count)
        => _aborts[AbortReason.All.IndexOf(reason)].Add(count);
}

/// <summary>How many transactions ended how.</summary>
/// <param name="Commits">Those that were committed.</param>
/// <param name="AbortsByReason">
/// Those that were not, by the words of <see cref="AbortReason"/>; a reason that did not occur
/// is missing.
/// </param>
/// <param name="Restarts">Runs of a body after its first.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.TransactionTally")]
internal sealed record TransactionTally(
    [property: Id(0)] long Commits,
    [property: Id(1)] Dictionary<string, long> AbortsByReason,
    [property: Id(2)] long Restarts)
{
    public static readonly TransactionTally None = new(0, [], 0);

    public bool IsNone => Commits == 0 && Restarts == 0 && AbortsByReason.Count == 0;

    /// <summary>What was counted after an earlier tally.</summary>
    public TransactionTally Since(TransactionTally earlier)
        => new(
            Commits - earlier.Commits,
            AbortsByReason
                .Select(each => KeyValuePair.Create(
                    each.Key, each.Value - earlier.AbortsByReason.GetValueOrDefault(each.Key)))
                .Where(static each => each.Value > 0)
                .ToDictionary(StringComparer.Ordinal),
            Restarts - earlier.Restarts);
}
