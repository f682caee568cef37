namespace Memento.Tests.Clusters.Simulation;

/// <summary>A bug planted on purpose, to see that the simulator finds it.</summary>
internal enum ClusterFault
{
    None = 0,

    /// <summary>The coordinator tells "committed" before the storage has the batch.</summary>
    AppliesBeforeDurable,

    /// <summary>
    /// A seal does not wait until what the transaction has read or overwrites is durable.
    /// </summary>
    SealsBeforeDurable,

    /// <summary>Batches have no owner numbers of their partitions.</summary>
    LeavesOutOwners,

    /// <summary>
    /// A commit that fails is taken back without those that have seen its changes.
    /// </summary>
    TakesBackAlone,

    /// <summary>A sealed member that has heard nothing for a while drops the transaction.</summary>
    GivesUpByClock,

    /// <summary>The new owner does not wait for the end of the lease before it.</summary>
    WaitsForNoLease,

    /// <summary>The locks of a transaction that has changes are released at its seal.</summary>
    ReleasesAtSeal,

    /// <summary>
    /// The silo that gives a partition up drops the records when they were sent, and not when the
    /// new owner says that it has them.
    /// </summary>
    DropsWhenSent,

    /// <summary>
    /// A seal does not compare the operations of its caller with those that were carried out, and
    /// carries out what was kept back without its locks.
    /// </summary>
    SealsUncounted,

    /// <summary>A coordinator decides while its silo is closed for a cut.</summary>
    DecidesWhenClosed,

    /// <summary>
    /// The locks of a transaction that has only read in a silo are released there at its seal, also
    /// when a cut is prepared.
    /// </summary>
    ReleasesReaders,

    /// <summary>
    /// What is committed, and sealed in a silo, is not applied there before its part of a cut.
    /// </summary>
    CutsBeforeApplied,

    /// <summary>A silo that has opened by itself takes its part of a cut all the same.</summary>
    CutsWhenOpen,

    /// <summary>A snapshot shows what is not durable yet.</summary>
    ShowsUndurable,

    /// <summary>Grains are told "committed" before the storage has our commit.</summary>
    TellsGrainsEarly,

    /// <summary>
    /// A grain that asks about a transaction of a dead silo is told "aborted", and the storage is
    /// not asked.
    /// </summary>
    PresumesAbort,

    /// <summary>A decision is deleted when the first grain has answered.</summary>
    ForgetsDecisionEarly,

    /// <summary>A partition votes before the storage has its prepared row.</summary>
    VotesBeforePrepared,

    /// <summary>A partition is opened without its prepared transactions.</summary>
    OpensWithoutPrepared,

    /// <summary>A prepared partition that has heard nothing for a while drops it.</summary>
    DropsPreparedByClock,

    /// <summary>
    /// What a grain has decided is applied in a partition before the storage has it there.
    /// </summary>
    AppliesPreparedEarly,

    /// <summary>
    /// A prepared partition asks its manager while the commit may still be under way there.
    /// </summary>
    AsksEarly,

    /// <summary>
    /// The decision about a partition in ram that moves is told where it goes, and not where it is.
    /// </summary>
    DecidesWhereItGoes,
}
