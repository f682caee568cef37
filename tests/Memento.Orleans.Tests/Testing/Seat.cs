namespace Memento.Tests.Testing;

[Table(Partitions = 4)]
public sealed record Seat
{
    public int Id { get; init; }

    public string? Holder { get; init; }
}

[Table(Partitions = 4, Storage = TableStorage.Disk)]
public sealed record Booking
{
    public int Id { get; init; }

    public int Seats { get; init; }
}
