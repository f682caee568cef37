using Memento.Locks;

namespace Memento.Participants;

/// <summary>
/// The right to send a message of operations. While a client's transaction has no age, only one may
/// be under way: the first silo that it asks gives the age, and a transaction must not have two.
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
