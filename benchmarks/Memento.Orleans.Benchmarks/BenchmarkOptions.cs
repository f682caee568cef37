namespace Memento.Benchmarks;

/// <summary>The options of the command line.</summary>
internal sealed record BenchmarkOptions
{
    public required TimeSpan Duration { get; init; }

    public required IReadOnlyList<int> Workers { get; init; }

    /// <summary>How large the table is, from small to large.</summary>
    public required IReadOnlyList<TableSize> Sizes { get; init; }

    public required IReadOnlyList<Workload> Workloads { get; init; }

    public required IReadOnlyList<string> Storages { get; init; }

    /// <summary>
    /// How many silos there are, in a process each where there are several. Their workers are in
    /// them.
    /// </summary>
    public required int Silos { get; init; }

    public required bool ThroughClient { get; init; }

    public required bool RunsPeer { get; init; }

    /// <summary>Whether the table is emptied and deleted in the end.</summary>
    public required bool Clears { get; init; }

    /// <summary>Whether the silo is started once more, to measure how it loads the table.</summary>
    public required bool Restarts { get; init; }

    /// <summary>Whether the whole table is streamed by a snapshot in the end.</summary>
    public required bool Streams { get; init; }

    /// <summary>A PostgreSQL server that is there; null to start a private one.</summary>
    public string? PostgreSql { get; init; }

    /// <summary>The directory of the database. The disk results are about its disk.</summary>
    public required string Directory { get; init; }

    public FileInfo? Json { get; init; }
}
