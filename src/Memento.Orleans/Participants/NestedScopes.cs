using System.Collections.Concurrent;
using Memento.Partitions;

namespace Memento.Participants;

/// <summary>The nested bodies of a transaction that run in this process.</summary>
internal sealed class NestedScopes(Guid transactionId, Savepoints savepoints)
{
    private readonly ConcurrentDictionary<long, ITransactionBody> _running = new();

    public void Add(Savepoint savepoint, ITransactionBody body) => _running[savepoint.Id] = body;

    public void Remove(Savepoint savepoint) => _running.TryRemove(savepoint.Id, out _);

    /// <summary>
    /// Finds, inside a body, the innermost body whose flow the caller is in. All writes of the
    /// caller are for that body, whatever object it calls. A body that has ended well is a part of
    /// its parent.
    /// </summary>
    /// <param name="savepoint">
    /// The savepoint of the outer body; null: the transaction itself.
    /// </param>
    /// <param name="found">The inner body, or null if there is none.</param>
    /// <returns>False if the caller was begun in a body that was undone.</returns>
    public bool TryFindInside(Savepoint? savepoint, out ITransactionBody? found)
    {
        found = null;
        long[] flow = SavepointContext.Find(transactionId);
        int outer = savepoint is null ? flow.Length : Array.IndexOf(flow, savepoint.Id);
        for (int i = 0; i < outer; i++)
        {
            if (savepoints.IsGivenUp(flow[i])) return false;
            if (_running.TryGetValue(flow[i], out found)) return true;
        }

        return true;
    }
}

/// <summary>A body that runs in this process, in the view of its transaction.</summary>
internal interface ITransactionBody
{
    /// <summary>
    /// The innermost nested body whose flow the caller is in, or the body itself.
    /// </summary>
    ITransaction Innermost { get; }
}
