using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Transactions;

namespace Memento.Participants;

/// <summary>
/// The grain calls that have come back to Orleans' record of a transaction and are not counted in
/// it yet. Orleans itself counts them with code that is not safe beside calls that leave, as they
/// do while a body runs, and so they are only looked at.
/// </summary>
internal static class ReturnedCalls
{
    /// <summary>What they brought back.</summary>
    public static IReadOnlyCollection<TransactionInfo> Of(TransactionInfo info) => QueueOf(info);

    /// <summary>
    /// How many calls have left and not come back: maybe too many, never too few.
    /// </summary>
    public static int CountRunning(TransactionInfo info)
    {
        // In this order: a call that comes back in between still runs.
        int back = QueueOf(info).Count;
        return Volatile.Read(ref info.PendingCalls) - back;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "joined")]
    private static extern ref ConcurrentQueue<TransactionInfo> QueueOf(TransactionInfo info);
}
