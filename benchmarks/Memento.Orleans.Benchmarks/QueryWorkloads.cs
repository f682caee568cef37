namespace Memento.Benchmarks;

/// <summary>Queries, and walks over keys; each checks the number of its results.</summary>
internal static class QueryWorkloads
{
    private const int PageSize = 10;

    public static async Task LookUpAsync(WorkloadContext on)
    {
        long group = on.AnyGroup();
        IReadOnlyList<Entry> found = await on.Memento.TransactionAsync(
            async transaction => await transaction.MatchAsync<Entry>(new { Group = group }));
        Workload.Require(
            found.Count == TableSize.RecordsOfGroup, "The index gave another number of records.");
    }

    public static async Task ScanAsync(WorkloadContext on)
    {
        long group = on.AnyGroup();
        IReadOnlyList<Entry> found = await on.Memento.TransactionAsync(async transaction
            => await transaction.SelectAsync<Entry>(entry => entry.Section == group));
        Workload.Require(
            found.Count == TableSize.RecordsOfGroup, "The scan gave another number of records.");
    }

    /// <summary>
    /// The first worker scans all the time, and the others read. There are so few scans that the
    /// percentiles are those of the reads.
    /// </summary>
    public static Task ReadBesideScansAsync(WorkloadContext on)
        => on.Worker == 0 ? ScanAsync(on) : RecordWorkloads.ReadAsync(on);

    public static async Task AllAsync(WorkloadContext on)
    {
        IReadOnlyList<Entry> found = await on.Memento.TransactionAsync(
            async transaction => await transaction.AllAsync<Entry>());
        Workload.Require(
            found.Count == on.Size.Records, "The table has another number of records.");
    }

    public static async Task FirstAsync(WorkloadContext on)
    {
        IReadOnlyList<Entry> found = await on.Memento.TransactionAsync(async transaction
            => await transaction.Query<Entry>().OrderBy(entry => entry.Group).Take(PageSize)
                .ToListAsync());
        RequireFirst(found);
    }

    public static async Task PageAsync(WorkloadContext on)
    {
        Page<Entry> page = await on.Memento.TransactionAsync(async transaction
            => await transaction.Query<Entry>().OrderBy(entry => entry.Group)
                .ToPageAsync(PageSize));
        RequireFirst(page.Items);
        Workload.Require(page.Next is not null, "The first page is the last one.");
    }

    public static async Task NextKeyAsync(WorkloadContext on)
    {
        long key = on.Random.Next(on.Size.Records - 1);
        object? next = await on.Memento.TransactionAsync(
            async transaction => await transaction.NextKeyAsync<Entry>(key));
        Workload.Require(next is long found && found == key + 1, "The next key is another one.");
    }

    public static async Task CountAsync(WorkloadContext on)
    {
        long count = await on.Memento.TransactionAsync(
            async transaction => await transaction.CountAsync<Entry>());
        Workload.Require(count == on.Size.Records, "The table has another number of records.");
    }

    public static async Task CountRangeAsync(WorkloadContext on)
    {
        long first = on.Random.Next(on.Size.Groups - TableSize.GroupsOfRange + 1);
        long end = first + TableSize.GroupsOfRange;
        long count = await on.Memento.TransactionAsync(async transaction
            => await transaction.Query<Entry>()
                .Where(entry => entry.Group >= first && entry.Group < end).CountAsync());
        Workload.Require(
            count == TableSize.GroupsOfRange * TableSize.RecordsOfGroup,
            "The range has another number of records.");
    }

    private static void RequireFirst(IReadOnlyList<Entry> found)
        => Workload.Require(
            found.Count == PageSize && found[0].Id == 0 && found[^1].Group == 0,
            "The first records by the index are others.");
}
