using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memento;

/// <summary>The running transactions and the locks of one process, at one moment.</summary>
public sealed record StoreDescription
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>When the picture was taken, in UTC.</summary>
    public required DateTimeOffset Taken { get; init; }

    /// <summary>The name of the silo; null in a client.</summary>
    public string? Silo { get; init; }

    /// <summary>The running transactions, the oldest first.</summary>
    public required IReadOnlyList<TransactionDescription> Transactions { get; init; }

    /// <summary>The held and the requested locks, by table and partition.</summary>
    public required IReadOnlyList<LockDescription> Locks { get; init; }

    /// <summary>The same as indented JSON, to be sent along with a question.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

/// <summary>A transaction that runs.</summary>
public sealed record TransactionDescription
{
    /// <summary>The id of the running attempt.</summary>
    public required Guid Id { get; init; }

    /// <summary>How long ago its first attempt began; the older one wins a conflict.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>How much of its time limit is left; negative once it is past it.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>Whether its commit has begun.</summary>
    public required bool IsCommitting { get; init; }

    /// <summary>Whether its body runs in another process.</summary>
    public required bool IsRemote { get; init; }

    /// <summary>
    /// The partitions that take part, as far as this process knows, as <c>Table/number</c>.
    /// </summary>
    public required IReadOnlyList<string> Partitions { get; init; }
}

/// <summary>Something that is locked, with the transactions that hold it or wait for it.</summary>
public sealed record LockDescription
{
    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>The number of the partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The locked resource, in the words of the errors.</summary>
    public required string Resource { get; init; }

    /// <summary>The key, where it is one record.</summary>
    public string? Key { get; init; }

    /// <summary>The transactions that hold it.</summary>
    public required IReadOnlyList<LockPartyDescription> Holders { get; init; }

    /// <summary>The transactions that wait for it, in their order.</summary>
    public required IReadOnlyList<LockPartyDescription> Waiters { get; init; }
}

/// <summary>A transaction that holds a lock or waits for one.</summary>
public sealed record LockPartyDescription
{
    /// <summary>The id of the running attempt.</summary>
    public required Guid Transaction { get; init; }

    /// <summary>
    /// What it may do: <c>Read</c> or <c>Write</c>, of a partition also <c>IntentionRead</c> or
    /// <c>IntentionWrite</c>, where it locks single records; or several of these.
    /// </summary>
    public required string Mode { get; init; }

    /// <summary>How long ago its first attempt began; null where it has just ended.</summary>
    public TimeSpan? Age { get; init; }
}
