namespace Memento.Tests.Queries;

/// <summary>A record with indexes on several properties, and values that often meet.</summary>
[Table(Type = TableType.OrderedSet)]
[Index(nameof(Director), nameof(Year))]
[Index(nameof(Year), nameof(Score), nameof(Director))]
[Index(nameof(Room), nameof(Grade))]
[Index(nameof(Genre), nameof(Title), nameof(Director), Unique = true)]
public sealed record Film
{
    [PrimaryKey(Order = 0)]
    public int Shelf { get; init; }

    [PrimaryKey(Order = 1)]
    public string Room { get; init; } = "";

    public string? Director { get; init; }

    [Index]
    public int? Year { get; init; }

    [Index]
    public double Score { get; init; }

    public float? Grade { get; init; }

    public Genre Genre { get; init; }

    [Index(Unique = true)]
    public string? Title { get; init; }

    public bool IsLent { get; init; }

    public Address? Home { get; init; }

    public List<string>? Tags { get; init; }

    /// <summary>Not stored.</summary>
    public string Line => $"{Title} {Year}";
}
