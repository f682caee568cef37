namespace Memento.Tests.Faults;

/// <summary>
/// The twin of a <see cref="DiskAccount"/>, always written in the same transaction.
/// </summary>
[Table(Storage = TableStorage.Ram, Partitions = 4)]
public sealed record RamAccount
{
    public int Id { get; init; }

    [Index] public long Balance { get; init; }
}
