namespace Memento;

/// <summary>The running transactions and the locks of one process, at one moment.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.StoreDescription")]
public sealed record StoreDescription
{
    /// <summary>When the picture was taken, in UTC.</summary>
    [Id(0)]
    public required DateTimeOffset Taken { get; init; }

    /// <summary>The name of the silo; null in a client.</summary>
    [Id(1)]
    public string? Silo { get; init; }

    /// <summary>The running transactions, the oldest first.</summary>
    [Id(2)]
    public required IReadOnlyList<TransactionDescription> Transactions { get; init; }

    /// <summary>The held and the requested locks, by table and partition.</summary>
    [Id(3)]
    public required IReadOnlyList<LockDescription> Locks { get; init; }

    /// <summary>The same as indented JSON, to be sent along with a question.</summary>
    public string ToJson() => DescriptionJson.Of(this);
}

/// <summary>A transaction that runs.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.TransactionDescription")]
public sealed record TransactionDescription
{
    /// <summary>The id of the running attempt.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>How long ago its first attempt began; the older one wins a conflict.</summary>
    [Id(1)]
    public required TimeSpan Age { get; init; }

    /// <summary>How much of its time limit is left; negative once it is past it.</summary>
    [Id(2)]
    public required TimeSpan Remaining { get; init; }

    /// <summary>Whether its commit has begun.</summary>
    [Id(3)]
    public required bool IsCommitting { get; init; }

    /// <summary>Whether its body runs in another process.</summary>
    [Id(4)]
    public required bool IsRemote { get; init; }

    /// <summary>
    /// The partitions that take part, as far as this process knows, as <c>Table/number</c>.
    /// </summary>
    [Id(5)]
    public required IReadOnlyList<string> Partitions { get; init; }

    /// <summary>
    /// When its first attempt began, by the clock of the process that runs its body, or gave it its
    /// age: the order in which transactions win conflicts.
    /// </summary>
    [Id(8)]
    public DateTimeOffset Began { get; init; }

    /// <summary>
    /// The address of the silo in which its body runs; null where a client runs it.
    /// </summary>
    [Id(6)]
    public string? Silo { get; init; }

    /// <summary>
    /// The locks that it waits for in this process; in a <see cref="SystemInfo"/>, in any silo.
    /// </summary>
    [Id(7)]
    public IReadOnlyList<WaitDescription> Waits { get; init; } = [];
}

/// <summary>A lock that a transaction waits for, and who is in its way.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.WaitDescription")]
public sealed record WaitDescription
{
    /// <summary>The address of the silo that has the partition.</summary>
    [Id(0)]
    public required string Silo { get; init; }

    /// <summary>The table.</summary>
    [Id(1)]
    public required string Table { get; init; }

    /// <summary>The number of the partition.</summary>
    [Id(2)]
    public required int Partition { get; init; }

    /// <summary>What is to be locked, in the words of the errors.</summary>
    [Id(3)]
    public required string Resource { get; init; }

    /// <summary>What it wants to do with that: a mode, as of a lock that is held.</summary>
    [Id(4)]
    public required string Mode { get; init; }

    /// <summary>
    /// The transaction in the way, one of them if there are several; null where it has just ended.
    /// </summary>
    [Id(5)]
    public Guid? BlockedBy { get; init; }
}

/// <summary>Something that is locked, with the transactions that hold it or wait for it.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.LockDescription")]
public sealed record LockDescription
{
    /// <summary>The table.</summary>
    [Id(0)]
    public required string Table { get; init; }

    /// <summary>The number of the partition.</summary>
    [Id(1)]
    public required int Partition { get; init; }

    /// <summary>The locked resource, in the words of the errors.</summary>
    [Id(2)]
    public required string Resource { get; init; }

    /// <summary>The key, where it is one record.</summary>
    [Id(3)]
    public string? Key { get; init; }

    /// <summary>The transactions that hold it.</summary>
    [Id(4)]
    public required IReadOnlyList<LockPartyDescription> Holders { get; init; }

    /// <summary>The transactions that wait for it, in their order.</summary>
    [Id(5)]
    public required IReadOnlyList<LockPartyDescription> Waiters { get; init; }

    /// <summary>The address of the silo that has the partition.</summary>
    [Id(6)]
    public string? Silo { get; init; }
}

/// <summary>A transaction that holds a lock or waits for one.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.LockPartyDescription")]
public sealed record LockPartyDescription
{
    /// <summary>The id of the running attempt.</summary>
    [Id(0)]
    public required Guid Transaction { get; init; }

    /// <summary>
    /// What it may do: <c>Read</c> or <c>Write</c>, of a partition also <c>IntentionRead</c> or
    /// <c>IntentionWrite</c>, where it locks single records; or several of these.
    /// </summary>
    [Id(1)]
    public required string Mode { get; init; }

    /// <summary>How long ago its first attempt began; null where it has just ended.</summary>
    [Id(2)]
    public TimeSpan? Age { get; init; }

    /// <summary>
    /// Of a transaction that waits: the one in its way, or one of them if there are several.
    /// </summary>
    [Id(3)]
    public Guid? BlockedBy { get; init; }
}
