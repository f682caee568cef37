using System.Collections.Concurrent;
using Memento.Storage;

namespace Memento.Transactions;

/// <summary>
/// The transactions that run in this process, or that have reached it, by id. Ends those whose time is up,
/// and remembers for a while how those ended that came from elsewhere: late messages of them are refused,
/// and a lost answer can be asked for.
/// </summary>
internal sealed class TransactionRegistry(TimeProvider time)
{
    /// <summary>
    /// How long an ended transaction is remembered: longer than any time limit, which is at most an hour.
    /// </summary>
    public static readonly TimeSpan Memory = TransactionLimits.LongestTimeout + TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, TransactionState> _running = new();
    private readonly ConcurrentDictionary<Guid, EndedTransaction> _ended = new();

    /// <summary>How many transactions are running.</summary>
    public int RunningCount => _running.Count;

    public TransactionState? Find(Guid id) => _running.GetValueOrDefault(id);

    public void Add(TransactionState state) => _running[state.Id] = state;

    /// <summary>Finds a transaction that comes from elsewhere, or lets it begin here.</summary>
    /// <exception cref="NoTransactionException">It has ended: the message is late.</exception>
    public TransactionState Join(Guid id, Func<TransactionState> begin)
    {
        if (_running.TryGetValue(id, out TransactionState? known)) return known;

        TransactionState state = _running.GetOrAdd(id, static (_, begin) => begin(), begin);
        if (!_ended.ContainsKey(id)) return state;

        _running.TryRemove(id, out _);
        throw new NoTransactionException(
            $"Transaction {id} has ended, and an operation of it came late. Await every call.");
    }

    /// <summary>Forgets a transaction that has ended; keeps the outcome of one from elsewhere.</summary>
    public void Remove(TransactionState state, TransactionOutcome outcome)
    {
        // Remembered before it is gone: a late message must meet one or the other.
        if (state.IsJoined) Remember(state.Id, outcome);
        _running.TryRemove(state.Id, out _);
    }

    /// <summary>Keeps an outcome where none is kept, and gives the one that stands.</summary>
    public TransactionOutcome Remember(Guid id, TransactionOutcome outcome)
        => _ended.GetOrAdd(id, new EndedTransaction(outcome, time.GetTimestamp())).Outcome;

    public TransactionOutcome? FindOutcome(Guid id)
        => _ended.TryGetValue(id, out EndedTransaction ended) ? ended.Outcome : null;

    /// <summary>Ends what has run past its limit, and forgets what ended long ago.</summary>
    public void Sweep()
    {
        foreach ((Guid _, TransactionState state) in _running)
        {
            if (state.Remaining > -TransactionLimits.Grace || state.IsCommitting) continue;

            state.DoomWith(state.TimedOut());
            state.Abort();
            Remove(state, TransactionOutcome.Aborted);
        }

        foreach ((Guid id, EndedTransaction ended) in _ended)
        {
            if (time.GetElapsedTime(ended.Timestamp) > Memory) _ended.TryRemove(id, out _);
        }
    }

    private readonly record struct EndedTransaction(TransactionOutcome Outcome, long Timestamp);
}
