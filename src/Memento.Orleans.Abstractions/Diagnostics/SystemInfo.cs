using System.Text.Json.Serialization;

namespace Memento;

/// <summary>
/// The whole store, in all silos that answered. They describe themselves side by side, so it is no
/// picture of one moment.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SystemInfo")]
public sealed record SystemInfo
{
    /// <summary>When it was asked for, in UTC.</summary>
    [Id(0)]
    public required DateTimeOffset Taken { get; init; }

    /// <summary>The silos that serve or stop, by address, also those that did not answer.</summary>
    [Id(1)]
    public required IReadOnlyList<SiloInfo> Silos { get; init; }

    /// <summary>
    /// The tables, by name, with the partitions that are in the memory of a silo that answered.
    /// Their sizes are the sums over these partitions.
    /// </summary>
    [Id(2)]
    public required IReadOnlyList<TableInfo> Tables { get; init; }

    /// <summary>
    /// The running transactions, the oldest first: those whose bodies run in a silo, and those that
    /// have reached one. A silo tells of its oldest 1,000.
    /// </summary>
    [Id(3)]
    public required IReadOnlyList<TransactionDescription> Transactions { get; init; }

    /// <summary>
    /// The held and the requested locks, by table and partition. A silo tells of 1,000 at the most,
    /// first of those that somebody waits for.
    /// </summary>
    [Id(4)]
    public required IReadOnlyList<LockDescription> Locks { get; init; }

    /// <summary>
    /// The transactions over tables and transactional grains that somebody waits for, the oldest
    /// first, of each silo by itself. Those that stay here for minutes need a look:
    /// <see cref="IMemento.DecideAsync"/>.
    /// </summary>
    [Id(5)]
    public IReadOnlyList<UndecidedTransaction> Undecided { get; init; } = [];

    /// <summary>What the durable storage is; null where all tables are in ram.</summary>
    public string? Storage
        => Silos.FirstOrDefault(static each => each.Storage is not null)?.Storage;

    /// <summary>Whether every silo has answered.</summary>
    public bool IsComplete => Silos.All(static each => !each.IsSilent);

    /// <inheritdoc cref="SiloInfo.Commits"/>
    public long Commits => Silos.Sum(static each => each.Commits);

    /// <inheritdoc cref="SiloInfo.AbortsByReason"/>
    public IReadOnlyDictionary<string, long> AbortsByReason
        => Silos.SelectMany(static each => each.AbortsByReason)
            .GroupBy(static each => each.Key, StringComparer.Ordinal)
            .ToDictionary(
                static each => each.Key,
                static each => each.Sum(static one => one.Value),
                StringComparer.Ordinal);

    /// <inheritdoc cref="SiloInfo.Restarts"/>
    public long Restarts => Silos.Sum(static each => each.Restarts);

    /// <summary>The same as indented JSON.</summary>
    public string ToJson() => DescriptionJson.Of(this);
}

/// <summary>A silo of the store.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SiloInfo")]
public sealed record SiloInfo
{
    /// <summary>Its address, as the membership has it.</summary>
    [Id(0)]
    public required string Address { get; init; }

    /// <summary>Its name; null: it did not answer.</summary>
    [Id(1)]
    public string? Name { get; init; }

    /// <summary>
    /// Why it did not answer, or not in time; nothing else is known of it then. Null: it did.
    /// </summary>
    [Id(2)]
    public string? Silence { get; init; }

    /// <summary>Whether it did not answer, or not in time.</summary>
    [JsonIgnore]
    public bool IsSilent => Silence is not null;

    /// <summary>When its store started: its counts begin there.</summary>
    [Id(3)]
    public DateTimeOffset? Started { get; init; }

    /// <summary>The partitions in its memory, by table and number.</summary>
    [Id(4)]
    public IReadOnlyList<PartitionInfo> Partitions { get; init; } = [];

    /// <summary>How many committed records are in its memory.</summary>
    public long Records => Partitions.Sum(static each => each.Size);

    /// <summary>An estimate of the bytes that these records take.</summary>
    public long Bytes => Partitions.Sum(static each => each.Memory);

    /// <summary>
    /// How many transactions run in it, or have reached it. One may run in several silos.
    /// </summary>
    [Id(5)]
    public int Transactions { get; init; }

    /// <summary>How many resources are locked in it, or waited for.</summary>
    [Id(12)]
    public int Locks { get; init; }

    /// <summary>
    /// Transactions that were committed since the start of the silo. One counts where its body
    /// runs; those of a client count in the silos that it has told, which it does every 10 seconds,
    /// and before it asks.
    /// </summary>
    [Id(6)]
    public long Commits { get; init; }

    /// <summary>
    /// Transactions that were not committed, counted in the same way, by their reasons:
    /// <c>aborted</c>, <c>conflict</c>, <c>timeout</c>, <c>cancelled</c>, <c>storage</c>,
    /// <c>in_doubt</c>, <c>error</c>. A reason that has not occurred is missing.
    /// </summary>
    [Id(7)]
    public IReadOnlyDictionary<string, long> AbortsByReason { get; init; }
        = new Dictionary<string, long>();

    /// <summary>Runs of a body after its first, counted in the same way.</summary>
    [Id(8)]
    public long Restarts { get; init; }

    /// <summary>What its durable storage is; null where all tables are in ram.</summary>
    [Id(9)]
    public string? Storage { get; init; }

    /// <summary>Its journal; null where all tables are in ram.</summary>
    [Id(10)]
    public JournalInfo? Journal { get; init; }

    /// <summary>Its lease; null where the storage is of one silo alone, or there is none.</summary>
    [Id(11)]
    public LeaseInfo? Lease { get; init; }
}

/// <summary>The journal of a silo: its one writer to the durable storage.</summary>
/// <param name="Position">The number of commits that were given to it.</param>
/// <param name="Durable">Every kept commit up to this position is durable.</param>
/// <param name="Queue">How many commits wait for the next batch.</param>
/// <param name="Batches">How many batches were written.</param>
/// <param name="IsSlow">Whether the storage has had one batch for more than a second.</param>
/// <param name="IsInDoubt">
/// Whether the storage has not said for 10 seconds whether it kept a batch.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.JournalInfo")]
public sealed record JournalInfo(
    [property: Id(0)] long Position,
    [property: Id(1)] long Durable,
    [property: Id(2)] int Queue,
    [property: Id(3)] long Batches,
    [property: Id(4)] bool IsSlow,
    [property: Id(5)] bool IsInDoubt);

/// <summary>The lease of a silo on its partitions, where silos share a storage.</summary>
/// <param name="Until">
/// Until when the silo relies on it, unless it is renewed before; null: it was not renewed yet.
/// </param>
/// <param name="IsValid">Whether the silo may rely on it. If not, its operations wait.</param>
/// <param name="Partitions">How many partitions it holds.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.LeaseInfo")]
public sealed record LeaseInfo(
    [property: Id(0)] DateTimeOffset? Until,
    [property: Id(1)] bool IsValid,
    [property: Id(2)] int Partitions);
