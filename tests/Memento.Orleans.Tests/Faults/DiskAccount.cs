namespace Memento.Tests.Faults;

[Table(Storage = TableStorage.Disk, Partitions = 4)]
public sealed record DiskAccount
{
    public int Id { get; init; }

    public long Balance { get; init; }
}
