namespace Memento.Benchmarks;

/// <summary>Reads by snapshots, and writes while snapshots are taken.</summary>
internal static class SnapshotWorkloads
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes a snapshot, and reads nothing.</summary>
    public static Task TakeAsync(WorkloadContext on)
        => on.Memento.SnapshotAsync(static _ => Task.CompletedTask);

    public static async Task ReadAsync(WorkloadContext on)
    {
        long key = on.AnyKey();
        Entry? found = await on.Memento.SnapshotAsync(
            async snapshot => await snapshot.ReadAsync<Entry>(key));
        Workload.Require(found?.Id == key, "The record is not there.");
    }

    public static async Task AllAsync(WorkloadContext on)
    {
        IReadOnlyList<Entry> found = await on.Memento.SnapshotAsync(
            static async snapshot => await snapshot.AllAsync<Entry>());
        Workload.Require(
            found.Count == on.Size.Records, "The table has another number of records.");
    }

    public static async Task ScanAsync(WorkloadContext on)
    {
        long group = on.AnyGroup();
        IReadOnlyList<Entry> found = await on.Memento.SnapshotAsync(async snapshot
            => await snapshot.SelectAsync<Entry>(entry => entry.Section == group));
        Workload.Require(
            found.Count == TableSize.RecordsOfGroup, "The scan gave another number of records.");
    }

    public static async Task NextKeyAsync(WorkloadContext on)
    {
        long key = on.Random.Next(on.Size.Records - 1);
        object? next = await on.Memento.SnapshotAsync(
            async snapshot => await snapshot.NextKeyAsync<Entry>(key));
        Workload.Require(next is long found && found == key + 1, "The next key is another one.");
    }

    public static async Task CountAsync(WorkloadContext on)
    {
        long count = await on.Memento.SnapshotAsync(
            static async snapshot => await snapshot.CountAsync<Entry>());
        Workload.Require(count == on.Size.Records, "The table has another number of records.");
    }

    /// <summary>
    /// The first worker takes a snapshot ten times a second and keeps it for that long, and the
    /// others write.
    /// </summary>
    public static Task WriteBesideSnapshotsAsync(WorkloadContext on)
        => on.Worker == 0
            ? on.Memento.SnapshotAsync(static _ => Task.Delay(Interval))
            : RecordWorkloads.WriteAsync(on);
}
