namespace Memento.Tests.Conformance.Tables;

/// <summary>A film as an earlier program kept it.</summary>
[Table(Name = "Reel", Type = TableType.OrderedSet, AutoIncrement = true,
    Storage = TableStorage.Disk)]
public sealed record OldReel
{
    public long Id { get; init; }

    [Index(Unique = true)]
    public string? Title { get; init; }

    public long Length { get; init; }

    public float Rating { get; init; }

    public DayOfWeek Day { get; init; }

    public string? Gone { get; init; }
}
