using Memento;

namespace Movies.Tables;

/// <summary>
/// A file of films that was loaded to its end. It is written in the transaction of the file's last
/// batch, so it exists exactly when all films exist.
/// </summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Import
{
    /// <summary>The key: the SHA-256 of the file, so that an edited file has another key.</summary>
    [PrimaryKey]
    public required string Hash { get; init; }

    /// <summary>The file's name.</summary>
    public required string File { get; init; }

    /// <summary>How many films it holds.</summary>
    public required int Films { get; init; }

    /// <summary>How many of its records could not be read as a film.</summary>
    public required int Skipped { get; init; }

    /// <summary>When it was loaded.</summary>
    public required DateTimeOffset LoadedAt { get; init; }
}
