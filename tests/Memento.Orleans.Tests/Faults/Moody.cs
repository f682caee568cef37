namespace Memento.Tests.Faults;

/// <summary>A record with an indexed value whose getter throws when a test says so.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 1)]
public sealed record Moody
{
    public int Id { get; init; }

    public int Value { get; init; }

    [Index]
    public int Rank
    {
        get => Mood.IsBad ? throw new InvalidOperationException("Not now.") : field;
        init;
    }
}
