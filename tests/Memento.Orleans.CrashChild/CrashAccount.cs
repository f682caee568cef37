namespace Memento.CrashChild;

/// <summary>An account; the sum of all balances never changes.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 4)]
public sealed record CrashAccount
{
    public int Id { get; init; }

    public long Balance { get; init; }

    /// <summary>Changes often, so that the entries of a unique index move.</summary>
    [Index(Unique = true)] public string? Card { get; init; }
}
