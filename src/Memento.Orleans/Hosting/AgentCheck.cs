using Memento.Transactions;
using Orleans.Transactions;

namespace Memento.Hosting;

/// <summary>
/// Stops a start whose agent is not ours. A later <c>UseTransactions</c> silently restores Orleans'
/// agent, and commits would lose writes.
/// </summary>
internal static class AgentCheck
{
    /// <exception cref="MementoException">The transaction agent is not Memento's.</exception>
    public static void ThrowIfReplaced(ITransactionAgent agent)
    {
        if (agent is MementoTransactionAgent) return;

        throw new MementoException(
            $"The transaction agent is '{agent.GetType().Name}' and not Memento's: UseTransactions "
            + "was called after AddMemento, which calls it itself. Remove that call, or move it "
            + "before.");
    }
}
