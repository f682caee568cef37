using Memento.Storage;
using Memento.Tables;

namespace Memento.Messages;

/// <summary>
/// One partition of a table, id <c>table/partition</c>. Whoever is in its silo reaches the
/// partition directly; these messages are for everybody else. Errors that are a part of the
/// protocol come back as values.
/// </summary>
[Alias("Memento.IIndexGrain")]
internal interface IIndexGrain : IGrainWithStringKey
{
    /// <summary>Loads the partition where it is not in memory, and says where it is.</summary>
    [Alias("OpenAsync")]
    Task<OpenResponse> OpenAsync();

    /// <summary>
    /// Carries out operations of a transaction, each with an answer of its own; one that fails or
    /// waits keeps no other from being carried out.
    /// </summary>
    [Alias("ExecuteAsync")]
    Task<ExecuteResponse> ExecuteAsync(ExecuteRequest request);

    /// <summary>
    /// Undoes what a transaction wrote here under a savepoint, also what comes later.
    /// </summary>
    [Alias("RollbackAsync")]
    Task RollbackAsync(RollbackRequest request);

    /// <summary>Commits a transaction whose participants are all in this silo.</summary>
    [Alias("CommitAsync")]
    Task<CommitResponse> CommitAsync(CommitRequest request);

    /// <summary>Drops a transaction in this silo.</summary>
    [Alias("AbortAsync")]
    Task AbortAsync(Guid transactionId);

    /// <summary>
    /// Drops a transaction in this silo, and answers when what it has read here is durable, or was
    /// taken back: what its body said may tell of it.
    /// </summary>
    [Alias("AbortAndConfirmAsync")]
    Task<AbortResponse> AbortAndConfirmAsync(CommitRequest request);

    /// <summary>
    /// Finds out how a transaction ended whose answer was lost; one that has not committed by now
    /// never will.
    /// </summary>
    [Alias("DecideAsync")]
    Task<TransactionOutcome> DecideAsync(Guid transactionId);

    /// <summary>Closes the partition, because its table is being deleted.</summary>
    [Alias("DropAsync")]
    Task DropAsync();

    /// <summary>
    /// Closes a partition of a table on disk, so that the catalog is asked what has become of the
    /// table. That of a table in ram stays: its records are nowhere else.
    /// </summary>
    [Alias("ReloadAsync")]
    Task ReloadAsync();

    /// <summary>The highest number among its keys, for auto-increment.</summary>
    [Alias("HighestNumberAsync")]
    Task<long> HighestNumberAsync();
}

/// <summary>Where a partition is, or why it cannot be opened.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OpenResponse")]
internal sealed record OpenResponse
{
    /// <summary>The silo that has it.</summary>
    [Id(0)]
    public SiloAddress? Silo { get; init; }

    /// <summary>What is in it.</summary>
    [Id(1)]
    public PartitionInfo? Info { get; init; }

    /// <summary>Why it cannot be opened.</summary>
    [Id(2)]
    public MementoException? Error { get; init; }

    /// <summary>How the table is registered there; null where it is not.</summary>
    [Id(3)]
    public TableRegistration? Registration { get; init; }
}
