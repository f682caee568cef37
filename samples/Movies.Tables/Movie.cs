using Memento;

namespace Movies.Tables;

/// <summary>
/// A film. An ordered set on disk, whose keys the store counts up. One index finds the films of a
/// year or of a range of years, the other those of a director, in the order of their years.
/// </summary>
[Table(Type = TableType.OrderedSet, AutoIncrement = true, Storage = TableStorage.Disk)]
[Index(nameof(Director), nameof(Year))]
public sealed record Movie
{
    /// <summary>The key; 0 asks the store for the next number.</summary>
    [PrimaryKey]
    public long Id { get; init; }

    /// <summary>The title; the data does not know every film's.</summary>
    public string? Title { get; init; }

    /// <summary>The director, where known.</summary>
    public string? Director { get; init; }

    /// <summary>The year of release, as the data has it.</summary>
    [Index]
    public int? Year { get; init; }

    /// <summary>The day of release.</summary>
    public DateOnly? Released { get; init; }

    /// <summary>"Drama", "Comedy" and the like.</summary>
    public string? Genre { get; init; }

    /// <summary>Who brought it to the cinemas.</summary>
    public string? Distributor { get; init; }

    /// <summary>The rating on IMDB, 0 to 10.</summary>
    public decimal? Rating { get; init; }

    /// <summary>How many votes the rating is made of.</summary>
    public int? Votes { get; init; }

    /// <summary>What it earned in the world, in dollars.</summary>
    public long? Gross { get; init; }
}
