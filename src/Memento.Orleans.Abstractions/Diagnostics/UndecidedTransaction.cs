namespace Memento;

/// <summary>
/// A transaction over tables and transactional grains that somebody still waits for, in one silo.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.UndecidedTransaction")]
public sealed record UndecidedTransaction
{
    /// <summary>The transaction's id.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>The address of the silo that tells of it.</summary>
    [Id(1)]
    public required string Silo { get; init; }

    /// <summary>What is waited for.</summary>
    [Id(2)]
    public required UndecidedState State { get; init; }

    /// <summary>When its commit began, in UTC.</summary>
    [Id(3)]
    public required DateTimeOffset Since { get; init; }

    /// <summary>The partitions in the silo that take part, as <c>Table/number</c>.</summary>
    [Id(4)]
    public required IReadOnlyList<string> Partitions { get; init; }

    /// <summary>The grains that are waited for, by their ids.</summary>
    [Id(5)]
    public required IReadOnlyList<string> WaitsFor { get; init; }
}

/// <summary>What a transaction over tables and transactional grains waits for.</summary>
public enum UndecidedState
{
    /// <summary>
    /// Partitions have voted, and hold their locks until the grain that manages the transaction
    /// says how it ends.
    /// </summary>
    Prepared = 0,

    /// <summary>A silo waits for the votes of grains, 20 seconds at most.</summary>
    Voting = 1,

    /// <summary>The storage has not said whether it has kept the commit.</summary>
    InDoubt = 2,

    /// <summary>
    /// It is committed, and visible in the tables. Grains have not answered yet that they know.
    /// </summary>
    Telling = 3,
}

/// <summary>What an operator decides about a transaction that waits for a grain.</summary>
public enum TransactionDecision
{
    /// <summary>Its partitions keep what it has written.</summary>
    Commit = 0,

    /// <summary>Its partitions drop what it has written.</summary>
    Abort = 1,

    /// <summary>
    /// It is committed, and the grains that have not answered are not told any more.
    /// </summary>
    Forget = 2,
}
