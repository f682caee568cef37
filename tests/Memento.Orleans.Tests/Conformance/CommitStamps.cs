using Memento.Participants;
using Memento.Transactions;

namespace Memento.Tests.Conformance;

/// <summary>The stamps of commits, which the store keeps to itself.</summary>
internal static class CommitStamps
{
    /// <summary>
    /// Runs a body, and gives the stamp of its commit; 0: it has changed nothing.
    /// </summary>
    public static async Task<long> StampOfAsync(
        this IMemento memento, Func<ITransaction, Task> body)
    {
        TransactionState? state = null;
        await memento.TransactionAsync(async tx =>
        {
            state = StateOf(tx);
            await body(tx);
        }).Within();
        return StampOf(state!);
    }

    /// <summary>The state of a running transaction, for its stamp when it has ended.</summary>
    public static TransactionState StateOf(ITransaction tx) => ((TransactionScope)tx).Sender.State;

    public static long StampOf(TransactionState state) => state.Result?.Stamp ?? 0;
}
