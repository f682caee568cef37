namespace Memento.Benchmarks;

/// <summary>
/// A workload; each operation is one transaction. The workloads are those of mnesia_peer.erl and
/// mnesia_queries.erl, in the same order. The order matters: inserts make the table larger and come
/// last.
/// </summary>
/// <param name="Name">The workload's name there and here.</param>
/// <param name="RunAsync">One operation.</param>
internal sealed record Workload(string Name, Func<WorkloadContext, Task> RunAsync)
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("empty", RecordWorkloads.EmptyAsync),
        new("read", RecordWorkloads.ReadAsync),
        new("remote", RecordWorkloads.ReadElsewhereAsync),
        new("write", RecordWorkloads.WriteAsync),
        new("transfer", RecordWorkloads.TransferAsync),
        new("hot", RecordWorkloads.TransferAmongHotAsync),
        new("one", RecordWorkloads.UpdateOneAsync),
        new("beside", QueryWorkloads.ReadBesideScansAsync),
        new("cut", SnapshotWorkloads.TakeAsync),
        new("snapshot-read", SnapshotWorkloads.ReadAsync),
        new("beside-snapshots", SnapshotWorkloads.WriteBesideSnapshotsAsync),
        new("index", QueryWorkloads.LookUpAsync),
        new("select", QueryWorkloads.ScanAsync),
        new("snapshot-select", SnapshotWorkloads.ScanAsync),
        new("all", QueryWorkloads.AllAsync),
        new("snapshot-all", SnapshotWorkloads.AllAsync),
        new("first", QueryWorkloads.FirstAsync),
        new("page", QueryWorkloads.PageAsync),
        new("next", QueryWorkloads.NextKeyAsync),
        new("snapshot-next", SnapshotWorkloads.NextKeyAsync),
        new("count", QueryWorkloads.CountAsync),
        new("snapshot-count", SnapshotWorkloads.CountAsync),
        new("range", QueryWorkloads.CountRangeAsync),
        new("insert", RecordWorkloads.InsertAsync),
    ];

    /// <summary>Whether it needs several silos.</summary>
    public bool NeedsSilos => Name is "remote";

    /// <summary>Whether it may not change the sum of all balances.</summary>
    public bool KeepsSum => Name is "transfer" or "hot";

    /// <summary>How many rows an operation writes.</summary>
    public int Rows => Name switch
    {
        "transfer" or "hot" => 2,
        "write" or "one" or "insert" or "beside-snapshots" => 1,
        _ => 0,
    };

    public static Workload Get(string name) => All.Single(each => each.Name == name);

    public static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
