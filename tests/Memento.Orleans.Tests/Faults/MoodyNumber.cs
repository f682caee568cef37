namespace Memento.Tests.Faults;

/// <summary>A record with a number for a key, whose getter throws when a test says so.</summary>
[Table(
    Type = TableType.OrderedSet,
    AutoIncrement = true,
    Storage = TableStorage.Disk,
    Partitions = 1)]
public sealed record MoodyNumber
{
    public long Id
    {
        get => Mood.IsBad ? throw new InvalidOperationException("Not now.") : field;
        init;
    }

    public string Text { get; init; } = "";
}
