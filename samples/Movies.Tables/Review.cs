using Memento;

namespace Movies.Tables;

/// <summary>A review of a film. The table is a bag: a film has any number of reviews.</summary>
[Table(Type = TableType.Bag, Storage = TableStorage.Disk)]
public sealed record Review
{
    /// <summary>The key of the film.</summary>
    [PrimaryKey]
    public required long MovieId { get; init; }

    /// <summary>The author.</summary>
    [Index]
    public required string Author { get; init; }

    /// <summary>The stars, from one to five.</summary>
    public required int Stars { get; init; }

    /// <summary>The text of the review.</summary>
    public required string Text { get; init; }
}
