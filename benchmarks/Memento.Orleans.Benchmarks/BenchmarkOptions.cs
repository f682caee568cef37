namespace Memento.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public required TimeSpan Duration { get; init; }

    public required IReadOnlyList<int> Workers { get; init; }

    /// <summary>How large the table is, from small to large.</summary>
    public required IReadOnlyList<TableSize> Sizes { get; init; }

    public required IReadOnlyList<Workload> Workloads { get; init; }

    public required IReadOnlyList<string> Storages { get; init; }

    public required bool ThroughClient { get; init; }

    public required bool RunsPeer { get; init; }

    /// <summary>Whether the table is emptied and deleted in the end.</summary>
    public required bool Clears { get; init; }

    /// <summary>Where the database is put; its disk is what the disk results are about.</summary>
    public required string Directory { get; init; }

    public FileInfo? Json { get; init; }
}
