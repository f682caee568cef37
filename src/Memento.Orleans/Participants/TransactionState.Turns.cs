using Memento.Locks;

namespace Memento.Participants;

/// <content>Its age, and what of it goes one after the other.</content>
internal sealed partial class TransactionState
{
    private TaskCompletionSource? _ageTurn;

    private TurnQueue? _uniqueTurns;

    private OrleansRecord? _orleans;

    /// <summary>The age, kept over attempts; null in a client until a silo has given it.</summary>
    public TransactionAge? Age { get; private set; } = age;

    /// <summary>
    /// The time at which the first attempt began, on the clock of the process of the body. Grain
    /// calls take it as age if no silo has given one.
    /// </summary>
    public long StartTicks { get; init; } = age?.StartTicks ?? 0;

    /// <summary>
    /// Orleans' own record of it, if its body runs in this process and Orleans knows it.
    /// </summary>
    public OrleansRecord? Orleans
    {
        get => Volatile.Read(ref _orleans);
        init => _orleans = value;
    }

    /// <summary>Waits until a message of operations may be sent.</summary>
    public async ValueTask<AgeTurn> TakeAgeTurnAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task other;
            lock (_gate)
            {
                if (Age is { } age) return new AgeTurn(this, age);
                if (_ageTurn is null)
                {
                    _ageTurn = new TaskCompletionSource(
                        TaskCreationOptions.RunContinuationsAsynchronously);
                    return new AgeTurn(this, age: null);
                }

                other = _ageTurn.Task;
            }

            await other.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits for the turn to write to tables with unique indexes. Such writes that a body begins
    /// side by side run one after the other, because each reads the old record and releases its
    /// values.
    /// </summary>
    public ValueTask<Turn> TakeUniqueTurnAsync(CancellationToken cancellationToken)
    {
        TurnQueue turns;
        lock (_gate)
            turns = _uniqueTurns ??= new TurnQueue();
        return turns.TakeAsync(cancellationToken);
    }

    /// <summary>Sets Orleans' record of it. The first record stays, and is returned.</summary>
    public OrleansRecord Introduce(OrleansRecord record)
    {
        OrleansRecord known = Interlocked.CompareExchange(ref _orleans, record, null) ?? record;

        // The age may have been set before the record was. In a client without an age, the grain
        // calls of all attempts are as old as the first attempt.
        known.SetAge(Age?.StartTicks ?? StartTicks);
        return known;
    }

    /// <summary>
    /// Sets the age that a silo gave, also for grain calls that join the transaction.
    /// </summary>
    public void SetAge(TransactionAge age)
    {
        lock (_gate)
            Age ??= age;
        Orleans?.SetAge(age.StartTicks);
    }

    public void EndAgeTurn()
    {
        TaskCompletionSource? turn;
        lock (_gate)
            (turn, _ageTurn) = (_ageTurn, null);
        turn?.TrySetResult();
    }
}
