namespace Memento.Partitions;

/// <summary>
/// The phase of a transaction: in the process that runs it or that it has reached
/// (<c>TransactionState</c>), and in each of its partitions (<see cref="PartitionTransaction"/>).
/// </summary>
internal enum TransactionPhase
{
    /// <summary>It reads and writes.</summary>
    Running = 0,

    /// <summary>
    /// It takes no more operations, and its partitions do not know yet. Only in a process.
    /// </summary>
    Stopped = 1,

    /// <summary>
    /// Its commit has begun: it takes no more operations, and no time limit ends it.
    /// </summary>
    Sealed = 2,

    /// <summary>
    /// In a partition it has no locks and writes any more: it was committed or aborted. In a
    /// process its abort has begun; a committed transaction stays <see cref="Sealed"/> there, and
    /// its result says how it ended.
    /// </summary>
    Ended = 3,
}

/// <summary>
/// The moves from one phase to another: these and no others. docs/architecture.md has the same
/// table, with the code that makes each move.
/// </summary>
internal static class TransactionPhases
{
    /// <summary>Whether a transaction may go from one phase to another.</summary>
    public static bool MayMove(this TransactionPhase from, TransactionPhase to) => from switch
    {
        TransactionPhase.Running => to != TransactionPhase.Running,
        TransactionPhase.Stopped or TransactionPhase.Sealed => to == TransactionPhase.Ended,
        _ => false,
    };
}
