using Memento;

namespace Movies.Tables;

/// <summary>What somebody says about a film. A bag: one film's key holds any number.</summary>
[Table(Type = TableType.Bag, Storage = TableStorage.Disk)]
public sealed record Review
{
    /// <summary>The key: the film's.</summary>
    [PrimaryKey]
    public required long MovieId { get; init; }

    /// <summary>Who says it.</summary>
    [Index]
    public required string Author { get; init; }

    /// <summary>One star to five.</summary>
    public required int Stars { get; init; }

    /// <summary>What they say.</summary>
    public required string Text { get; init; }
}
