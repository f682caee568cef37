using Memento.Locks;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Messages;

/// <summary>
/// Operations of a transaction on one partition, in the order of the calls, with the facts that the
/// partition needs.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ExecuteRequest")]
internal sealed record ExecuteRequest
{
    /// <summary>The most operations in a message.</summary>
    public const int MaxOperations = 1_000;

    /// <summary>
    /// The bytes of keys and documents after which a message is full. A larger operation is sent
    /// alone.
    /// </summary>
    public const int MaxBytes = 1_048_576;

    [Id(0)]
    public required Guid TransactionId { get; init; }

    /// <summary>
    /// The age; null in the first message of a client, which takes the age of the answer.
    /// </summary>
    [Id(1)]
    public required TransactionAge? Age { get; init; }

    /// <summary>
    /// The time that is left until the time limit. Clocks differ, and spans do not.
    /// </summary>
    [Id(2)]
    public required TimeSpan Remaining { get; init; }

    [Id(3)]
    public required OperationRequest[] Operations { get; init; }

    /// <summary>
    /// The caller's registration of the table. A silo refuses one that differs from its own.
    /// </summary>
    [Id(4)]
    public TableRegistration? Registration { get; init; }

    /// <summary>The running nested bodies; null if the transaction has had none.</summary>
    [Id(5)]
    public OpenSavepoints? Open { get; init; }

    /// <summary>
    /// The silo of the caller, with which its transaction dies; null in a client.
    /// </summary>
    [Id(6)]
    public SiloAddress? Caller { get; init; }

    /// <summary>
    /// Transactions of the caller's silo that have only read here and are over. They end before the
    /// operations begin, which meet none of their locks; null: none.
    /// </summary>
    [Id(7)]
    public Guid[]? Ended { get; init; }

    /// <summary>The highest stamp that the caller knows.</summary>
    [Id(8)]
    public long Clock { get; init; }
}

/// <summary>The answers to the operations of a message, in their order.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.ExecuteResponse")]
internal sealed record ExecuteResponse
{
    /// <summary>The age of the transaction; null if it could not begin.</summary>
    [Id(0)]
    public required TransactionAge? Age { get; init; }

    [Id(1)]
    public required OperationResponse[] Operations { get; init; }

    /// <summary>The silo that has the partition; null if it could not be opened.</summary>
    [Id(2)]
    public SiloAddress? Silo { get; init; }

    /// <summary>
    /// Whether the partition is on its way to another silo, and nothing was carried out.
    /// </summary>
    [Id(3)]
    public bool IsMoving { get; init; }

    /// <summary>
    /// The stamp of the table's indexes after the operations; 0 if one is unique. A write to a
    /// record that they have locked for writing, which changes no entry of these indexes, needs no
    /// other lock then, and can be kept back until the seal.
    /// </summary>
    [Id(4)]
    public ulong PlainIndexes { get; init; }

    /// <summary>
    /// How many operations the transaction has had in the partition, if it could end now without a
    /// commit there: it has only read, and what it has read is durable. Otherwise 0.
    /// </summary>
    [Id(5)]
    public int DurableReads { get; init; }

    /// <summary>
    /// The highest stamp that the silo knew after the operations; 0 where none was carried out.
    /// </summary>
    [Id(6)]
    public long Clock { get; init; }
}

/// <summary>An operation, and the savepoints under which it was called.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Savepoint">The innermost savepoint, or 0.</param>
/// <param name="Around">The savepoints around that one, the innermost first; null: none.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OperationRequest")]
internal sealed record OperationRequest(
    [property: Id(0)] Operation Operation,
    [property: Id(1)] long Savepoint,
    [property: Id(2)] long[]? Around = null);

/// <summary>The result of one operation of a message.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OperationResponse")]
internal sealed record OperationResponse
{
    /// <summary>The answer, if the operation was carried out.</summary>
    [Id(0)]
    public Answer? Answer { get; init; }

    /// <summary>The error, if the operation failed. A conflict ends the attempt.</summary>
    [Id(1)]
    public Exception? Error { get; init; }

    /// <summary>
    /// Whether the operation was not carried out yet and must be asked for again: its lock is not
    /// free and the message would exceed the response time-out, or the answers before it filled the
    /// message.
    /// </summary>
    [Id(2)]
    public bool IsStillWaiting { get; init; }

    /// <summary>The lock that it did not get, if that is why it failed.</summary>
    [Id(3)]
    public LostLock? Lost { get; init; }
}
