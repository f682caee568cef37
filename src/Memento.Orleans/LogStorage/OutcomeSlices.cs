using Memento.Storage;

namespace Memento.LogStorage;

/// <summary>
/// The outcomes of transactions that somebody may look up, in slices of time, so that old ones go
/// all at once. The clock is that of the log.
/// </summary>
internal sealed class OutcomeSlices
{
    /// <summary>How long an outcome is kept at least.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(2);

    private static readonly TimeSpan Slice = TimeSpan.FromMinutes(10);

    private readonly SortedDictionary<int, Dictionary<Guid, TransactionOutcome>> _slices = [];

    /// <summary>The slice of a moment.</summary>
    public static int SliceOf(DateTimeOffset at) => (int)(at.UtcTicks / Slice.Ticks);

    /// <summary>Whether a slice is old enough to go at a moment.</summary>
    public static bool IsOver(int slice, DateTimeOffset now) => slice < SliceOf(now - Memory);

    /// <summary>The outcome; null if there is none, or it is over, pruned or not.</summary>
    public TransactionOutcome? Find(Guid id, DateTimeOffset now)
    {
        foreach ((int slice, Dictionary<Guid, TransactionOutcome> outcomes) in _slices)
        {
            if (!IsOver(slice, now) && outcomes.TryGetValue(id, out TransactionOutcome outcome))
                return outcome;
        }

        return null;
    }

    public void Add(int slice, Guid id, TransactionOutcome outcome)
    {
        if (!_slices.TryGetValue(slice, out Dictionary<Guid, TransactionOutcome>? outcomes))
            _slices.Add(slice, outcomes = []);
        outcomes.Add(id, outcome);
    }

    /// <summary>Forgets an outcome; its slice, or null if there was none.</summary>
    public int? Remove(Guid id)
    {
        foreach ((int slice, Dictionary<Guid, TransactionOutcome> outcomes) in _slices)
        {
            if (outcomes.Remove(id)) return slice;
        }

        return null;
    }

    /// <summary>Forgets the slices that are over.</summary>
    public void Prune(DateTimeOffset now)
    {
        foreach (int slice in _slices.Keys.Where(each => IsOver(each, now)).ToArray())
            _slices.Remove(slice);
    }
}
