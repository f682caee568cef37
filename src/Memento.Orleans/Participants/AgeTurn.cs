using Memento.Locks;

namespace Memento.Participants;

/// <summary>
/// The right to send a message of operations. While a client's transaction has no age, only one
/// message may be under way: the first silo gives the age, and a transaction must not get two.
/// </summary>
internal readonly struct AgeTurn(TransactionState state, TransactionAge? age) : IDisposable
{
    public TransactionAge? Age { get; } = age;

    public void Set(TransactionAge age)
    {
        if (Age is null) state.SetAge(age);
    }

    public void Dispose()
    {
        if (Age is null) state.EndAgeTurn();
    }
}

/// <summary>Gives start times that never repeat in a process, and never go backwards.</summary>
internal sealed class AgeClock(TimeProvider time)
{
    private long _last;

    public long Next()
    {
        while (true)
        {
            long last = Volatile.Read(ref _last);
            long next = Math.Max(last + 1, time.GetUtcNow().Ticks);
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return next;
        }
    }
}
