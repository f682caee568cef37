using Memento.Messages;
using Memento.Storage;

namespace Memento.Commit;

/// <summary>
/// The silos of the cluster, as members of commits. A call throws if its silo is gone.
/// </summary>
internal interface IMembers
{
    /// <summary>This silo.</summary>
    SiloAddress Here { get; }

    /// <summary>
    /// Whether the membership says that a silo has ended. Such a silo never comes back.
    /// </summary>
    bool IsDead(SiloAddress silo);

    /// <summary>
    /// The silos that the membership says to have ended; another list when it says so of others.
    /// </summary>
    SiloAddress[] DeadNow { get; }

    /// <summary>Whether the membership says that a silo serves, or stops.</summary>
    bool IsServing(SiloAddress silo);

    /// <summary>
    /// Tells a silo what a participant of a transaction has said that the silo manages.
    /// </summary>
    Task ManageAsync(SiloAddress silo, ManagerMessage message);

    /// <summary>
    /// Tells all other silos the decision about a transaction that one of them may have prepared.
    /// </summary>
    Task EndPreparedAsync(EndPreparedMessage message);

    Task<SealAnswer> SealAsync(SiloAddress silo, SealRequest request);

    Task<MemberAnswer> SettleAsync(SiloAddress silo, SettleRequest request);

    Task<MemberAnswer> AskAsync(SiloAddress silo, AskRequest request);

    /// <summary>Asks a silo how a transaction has ended that it may have committed.</summary>
    Task<TransactionOutcome> DecideAsync(SiloAddress silo, CommitRequest request);

    /// <summary>Finds the silo of a partition, which is loaded if it is nowhere.</summary>
    /// <exception cref="MementoException">It cannot be opened.</exception>
    Task<SiloAddress> FindAsync(string table, int partition);

    /// <summary>
    /// Finds the dead silo with which the records of a partition in ram were lost, when its owner
    /// of now took it; null: the owner has the records of the one before.
    /// </summary>
    /// <exception cref="MementoException">It cannot be opened.</exception>
    Task<SiloAddress?> FindLossAsync(string table, int partition);
}
