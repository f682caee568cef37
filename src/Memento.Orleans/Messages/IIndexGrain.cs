using Memento.Tables;

namespace Memento.Messages;

/// <summary>
/// One partition of a table; its id is <c>table/partition</c>. Code in the same silo calls the
/// partition directly; these messages are for other processes. Errors of the protocol are returned
/// as values.
/// </summary>
[Alias("Memento.IIndexGrain")]
internal interface IIndexGrain : IGrainWithStringKey
{
    /// <summary>Loads the partition if it is not in memory, and returns its silo.</summary>
    [Alias("OpenAsync")]
    Task<OpenResponse> OpenAsync();

    /// <summary>
    /// Carries out operations of a transaction, each with its own answer. An operation that fails
    /// or waits does not stop the others.
    /// </summary>
    [Alias("ExecuteAsync")]
    Task<ExecuteResponse> ExecuteAsync(ExecuteRequest request);

    /// <summary>
    /// Undoes the writes of a transaction under a savepoint in this partition, and refuses later
    /// ones.
    /// </summary>
    [Alias("RollbackAsync")]
    Task RollbackAsync(RollbackRequest request);

    /// <summary>
    /// Tells that all writes of a transaction have arrived that its caller had kept back when it
    /// made a transactional grain call.
    /// </summary>
    [Alias("ArriveAsync")]
    Task ArriveAsync(Guid transactionId);

    /// <summary>
    /// Waits for <see cref="ArriveAsync"/>, on behalf of such a call. False: not yet; ask again.
    /// </summary>
    [Alias("AwaitArrivalAsync")]
    Task<bool> AwaitArrivalAsync(Guid transactionId);

    /// <summary>Commits a transaction whose participants are all in this silo.</summary>
    [Alias("CommitAsync")]
    Task<CommitResult> CommitAsync(CommitRequest request);

    /// <summary>
    /// A partition of ours takes part in a transaction that Orleans' own agent ends, and whose
    /// manager this one is.
    /// </summary>
    [Alias("ReportAsync")]
    Task ReportAsync(ManagerMessage message);

    /// <summary>Drops a transaction in this silo.</summary>
    [Alias("AbortAsync")]
    Task AbortAsync(Guid transactionId);

    /// <summary>
    /// Drops a transaction in this silo, and answers when its reads in this silo are durable, or
    /// were taken back: the result of its body may depend on them.
    /// </summary>
    [Alias("AbortAndConfirmAsync")]
    Task<AbortResponse> AbortAndConfirmAsync(CommitRequest request);

    /// <summary>
    /// Finds the outcome of a transaction whose answer was lost. A transaction that has not
    /// committed by now never will.
    /// </summary>
    [Alias("DecideAsync")]
    Task<DecideAnswer> DecideAsync(CommitRequest request);

    /// <summary>
    /// Closes the partition if it is in a silo, so that its next use opens it where it should be.
    /// </summary>
    [Alias("MoveAsync")]
    Task MoveAsync(SiloAddress from);

    /// <summary>Closes the partition, because its table is being deleted.</summary>
    [Alias("DropAsync")]
    Task DropAsync();

    /// <summary>
    /// Closes a partition of a disk table, so that its next use finds out whether it is deleted. A
    /// partition of a ram table stays, because its records are nowhere else.
    /// </summary>
    [Alias("ReloadAsync")]
    Task ReloadAsync();

    /// <summary>The highest number among its keys, for auto-increment.</summary>
    [Alias("HighestNumberAsync")]
    Task<long> HighestNumberAsync();
}

/// <summary>The silo of a partition, or the reason why it cannot be opened.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OpenResponse")]
internal sealed record OpenResponse
{
    /// <summary>The silo that has the partition.</summary>
    [Id(0)]
    public SiloAddress? Silo { get; init; }

    /// <summary>The description of the partition.</summary>
    [Id(1)]
    public PartitionInfo? Info { get; init; }

    /// <summary>Why it cannot be opened.</summary>
    [Id(2)]
    public MementoException? Error { get; init; }

    /// <summary>The silo's registration of the table; null if it has none.</summary>
    [Id(3)]
    public TableRegistration? Registration { get; init; }

    /// <summary>Whether it is on its way to another silo: ask again.</summary>
    [Id(4)]
    public bool IsMoving { get; init; }

    /// <summary>
    /// The dead silo with which the records were lost that were in ram when the silo took it; null:
    /// none.
    /// </summary>
    [Id(5)]
    public SiloAddress? LostWith { get; init; }
}

/// <summary>Finds partitions.</summary>
internal static class IndexGrains
{
    /// <summary>The pause before a partition that moves is asked again.</summary>
    public static readonly TimeSpan MovingPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Opens a partition, wherever it is, after its move if it moves.</summary>
    public static async Task<OpenResponse> OpenAsync(
        this IIndexGrain grain, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            OpenResponse opened = await grain.OpenAsync().WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            if (!opened.IsMoving) return opened;

            await Task.Delay(MovingPause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
