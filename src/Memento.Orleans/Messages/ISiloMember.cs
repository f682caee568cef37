using Orleans.Services;

namespace Memento.Messages;

/// <summary>
/// A silo: in commits over several silos, as an owner of partitions, and with its copy of the
/// catalog. Its messages go to a silo, not to a partition, which may be elsewhere by the next
/// message.
/// </summary>
[Alias("Memento.ISiloMember")]
internal interface ISiloMember : IGrainService
{
    /// <summary>
    /// Seals the partitions of a transaction in this silo, and answers when all that it depends on
    /// here is durable.
    /// </summary>
    [Alias("SealAsync")]
    Task<SealAnswer> SealAsync(SealRequest request);

    /// <summary>Ends a sealed transaction as its coordinator has decided.</summary>
    [Alias("SettleAsync")]
    Task<MemberAnswer> SettleAsync(SettleRequest request);

    /// <summary>
    /// Asks the coordinator, or another member, what it knows of a transaction.
    /// </summary>
    [Alias("AskAsync")]
    Task<MemberAnswer> AskAsync(AskRequest request);

    /// <summary>
    /// Asks how a transaction has ended that this silo may have committed, and that another process
    /// has heard no answer about.
    /// </summary>
    [Alias("DecideAsync")]
    Task<DecideAnswer> DecideAsync(CommitRequest request);

    /// <summary>
    /// Ends transactions of the caller that have only read here, and of which no other message is
    /// under way.
    /// </summary>
    [Alias("EndReadsAsync")]
    Task EndReadsAsync(Guid[] transactionIds);

    /// <summary>
    /// Tells what a participant of others has said of a transaction that this silo manages.
    /// </summary>
    [Alias("ManageAsync")]
    Task ManageAsync(ManagerMessage message);

    /// <summary>
    /// Ends a transaction that a participant of others has decided. Ends when it is applied; also
    /// where it is not here.
    /// </summary>
    [Alias("EndPreparedAsync")]
    Task EndPreparedAsync(EndPreparedMessage message);

    /// <summary>Prepares for a cut over several silos.</summary>
    /// <param name="cut">The cut.</param>
    /// <param name="givesTurn">Whether this silo answers when it is the cut's turn.</param>
    [Alias("PrepareCutAsync")]
    Task PrepareCutAsync(Guid cut, bool givesTurn);

    /// <summary>Applies no commit any more until the cut, or for a short time.</summary>
    [Alias("CloseForCutAsync")]
    Task<CloseAnswer> CloseForCutAsync(Guid cut);

    /// <summary>Takes the silo's part of a cut, and opens it.</summary>
    [Alias("CutAsync")]
    Task<CutAnswer> CutAsync(CutOrder order);

    /// <summary>Opens a silo whose part of a cut is not taken, and ends the cut's turn.</summary>
    [Alias("OpenAfterCutAsync")]
    Task OpenAfterCutAsync(Guid cut);

    /// <summary>Reads a partition as a snapshot shows it.</summary>
    [Alias("ReadSnapshotAsync")]
    Task<SnapshotAnswer> ReadSnapshotAsync(SnapshotRead request);

    /// <summary>Ends the silo's part of a snapshot.</summary>
    [Alias("EndSnapshotAsync")]
    Task EndSnapshotAsync(Guid snapshot);

    /// <summary>Describes the silo: what it has, what runs in it, and what is locked.</summary>
    [Alias("DescribeAsync")]
    Task<SiloReport> DescribeAsync();

    /// <summary>
    /// Decides by hand a transaction that waits for a grain, as far as it is here; false: it is not
    /// here, or waits for no such decision.
    /// </summary>
    [Alias("DecideByHandAsync")]
    Task<bool> DecideByHandAsync(Guid transactionId, TransactionDecision decision);

    /// <summary>Tells what a silo that stops has committed.</summary>
    [Alias("RememberAsync")]
    Task RememberAsync(RememberRequest request);

    /// <summary>
    /// Tells what the tables are. Returns what the silo cannot use of it; null: nothing.
    /// </summary>
    [Alias("LearnCatalogAsync")]
    Task<string?> LearnCatalogAsync(CatalogImage image);

    /// <summary>What the silo knows of the tables; null before its start has read it.</summary>
    [Alias("KnownCatalogAsync")]
    Task<CatalogImage?> KnownCatalogAsync();

    /// <summary>Tells that every number of a table up to one is given.</summary>
    [Alias("ShowNumberAsync")]
    Task<bool> ShowNumberAsync(HighNumber number);

    /// <summary>
    /// Keeps a state of the catalog or of a sequence in a cluster without a storage; false if the
    /// silo has a newer one.
    /// </summary>
    [Alias("KeepAsync")]
    Task<bool> KeepAsync(KeptState state);

    /// <summary>A state that the silo keeps; null for none.</summary>
    [Alias("FindKeptAsync")]
    Task<KeptState?> FindKeptAsync(string key);

    /// <summary>All states that the silo keeps.</summary>
    [Alias("AllKeptAsync")]
    Task<List<KeptState>> AllKeptAsync();

    /// <summary>
    /// Closes a partition, if this silo has it, and tells whether it keeps its records.
    /// </summary>
    [Alias("GiveUpAsync")]
    Task<GiveUpAnswer> GiveUpAsync(GiveUpRequest request);

    /// <summary>
    /// The owners of partitions that the silo knows. The caller has joined, and is asked from then
    /// on when a partition is taken.
    /// </summary>
    [Alias("FindOwnersAsync")]
    Task<KnownOwner[]> FindOwnersAsync(SiloAddress joining);

    /// <summary>The next rows of a kept partition; null if it is not kept any more.</summary>
    [Alias("FetchAsync")]
    Task<FetchAnswer?> FetchAsync(FetchRequest request);

    /// <summary>
    /// Drops the kept records of a partition: the next owner has them. False: another silo is the
    /// next owner by now.
    /// </summary>
    [Alias("ReleaseAsync")]
    Task<bool> ReleaseAsync(ReleaseRequest request);
}
