using Memento;

namespace Movies.Tables;

/// <summary>
/// A film. The table is an ordered set on disk, and the store numbers its records. One index finds
/// the films of a year or of a range of years. The other finds the films of a director, in the
/// order of their years.
/// </summary>
[Table(Type = TableType.OrderedSet, AutoIncrement = true, Storage = TableStorage.Disk)]
[Index(nameof(Director), nameof(Year))]
public sealed record Movie
{
    /// <summary>The key; 0 asks the store for the next number.</summary>
    [PrimaryKey]
    public long Id { get; init; }

    /// <summary>The title, if known.</summary>
    public string? Title { get; init; }

    /// <summary>The director, if known.</summary>
    public string? Director { get; init; }

    /// <summary>The year of release in the data.</summary>
    [Index]
    public int? Year { get; init; }

    /// <summary>The day of release.</summary>
    public DateOnly? Released { get; init; }

    /// <summary>The genre, such as "Drama" or "Comedy".</summary>
    public string? Genre { get; init; }

    /// <summary>The distributor.</summary>
    public string? Distributor { get; init; }

    /// <summary>The rating on IMDB, 0 to 10.</summary>
    public decimal? Rating { get; init; }

    /// <summary>The number of votes for the rating.</summary>
    public int? Votes { get; init; }

    /// <summary>The earnings in the whole world, in dollars.</summary>
    public long? Gross { get; init; }
}
