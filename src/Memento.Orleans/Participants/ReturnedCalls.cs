using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Transactions;

namespace Memento.Participants;

/// <summary>
/// Reads the grain calls that have returned to Orleans' record of a transaction and are not counted
/// in it yet. Orleans' own code for counting them is not safe while new calls leave, as they may
/// while a body runs, so this only reads them.
/// </summary>
internal static class ReturnedCalls
{
    /// <summary>The records that the calls returned.</summary>
    public static IReadOnlyCollection<TransactionInfo> Of(TransactionInfo info) => QueueOf(info);

    /// <summary>
    /// How many calls have left and not returned: perhaps too many, never too few.
    /// </summary>
    public static int CountRunning(TransactionInfo info)
    {
        // In this order: a call that returns in between counts as running.
        int back = QueueOf(info).Count;
        return Volatile.Read(ref info.PendingCalls) - back;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "joined")]
    private static extern ref ConcurrentQueue<TransactionInfo> QueueOf(TransactionInfo info);
}
