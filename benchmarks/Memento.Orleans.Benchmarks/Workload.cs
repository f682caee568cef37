namespace Memento.Benchmarks;

/// <summary>
/// What one operation of a workload does: always one transaction. The same as in mnesia_peer.erl,
/// in the same order, which matters: inserts make the table larger and come last.
/// </summary>
/// <param name="Name">The workload's name there and here.</param>
/// <param name="RunAsync">One operation.</param>
internal sealed record Workload(string Name, Func<WorkloadContext, Task> RunAsync)
{
    public const int Records = 10_000;
    public const int Groups = 100;
    public const int HotRecords = 10;
    public const long FirstBalance = 1_000;

    private const int InsertedGroups = 1_000;

    private static readonly string Written = new('y', Entry.BodyLength);
    private static readonly string Inserted = new('z', Entry.BodyLength);

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("read", ReadAsync),
        new("write", WriteAsync),
        new("transfer", static on => TransferAsync(on.Memento, on.AnyKey(), on.AnyKey())),
        new("hot", static on => TransferAsync(on.Memento, AnyHot(on), AnyHot(on))),
        new("index", LookUpAsync),
        new("select", ScanAsync),
        new("all", AllAsync),
        new("insert", InsertAsync),
    ];

    /// <summary>Writes the records that all workloads begin with.</summary>
    public static Task LoadAsync(IMemento memento)
        => memento.TransactionAsync(async transaction =>
        {
            string body = new('x', Entry.BodyLength);
            for (int key = 0; key < Records; key++)
                await transaction.WriteAsync(Make(key, body, key % Groups));
        });

    /// <summary>The sum of all balances, which transfers must not change.</summary>
    public static Task<long> SumAsync(IMemento memento)
        => memento.TransactionAsync(async transaction
            => (await transaction.AllAsync<Entry>()).Sum(static entry => entry.Balance));

    private static Entry Make(long key, string body, long group)
        => new() { Id = key, Body = body, Balance = FirstBalance, Group = group };

    private static long AnyHot(WorkloadContext on) => 1 + on.Random.Next(HotRecords);

    private static async Task ReadAsync(WorkloadContext on)
    {
        long key = on.AnyKey();
        Entry? entry = await on.Memento.TransactionAsync(
            async transaction => await transaction.ReadAsync<Entry>(key));
        Require(entry?.Id == key, "A record was read that is another's, or none.");
    }

    private static Task<Entry> WriteAsync(WorkloadContext on)
    {
        long key = on.AnyKey();
        return on.Memento.TransactionAsync(
            async transaction => await transaction.WriteAsync(Make(key, Written, key % Groups)));
    }

    private static Task<Entry> InsertAsync(WorkloadContext on)
    {
        long key = on.NextKey();
        long group = Groups + (key % InsertedGroups);
        return on.Memento.TransactionAsync(
            async transaction => await transaction.WriteAsync(Make(key, Inserted, group)));
    }

    private static Task TransferAsync(IMemento memento, long from, long to)
    {
        if (from == to) return Task.CompletedTask;
        return memento.TransactionAsync(async transaction =>
        {
            Entry? payer = await transaction.ReadAsync<Entry>(from, LockMode.Write);
            Entry? payee = await transaction.ReadAsync<Entry>(to, LockMode.Write);
            await transaction.WriteAsync(payer! with { Balance = payer.Balance - 1 });
            await transaction.WriteAsync(payee! with { Balance = payee.Balance + 1 });
        });
    }

    private static async Task LookUpAsync(WorkloadContext on)
    {
        long group = on.AnyGroup();
        IReadOnlyList<Entry> found = await on.Memento.TransactionAsync(
            async transaction => await transaction.MatchAsync<Entry>(new { Group = group }));
        Require(found.Count == Records / Groups, "The index gave another number of records.");
    }

    private static async Task ScanAsync(WorkloadContext on)
    {
        long group = on.AnyGroup();
        // Bounds instead of ==, which would be answered by the index: the peer's select scans.
        IReadOnlyList<Entry> found = await on.Memento.TransactionAsync(async transaction
            => await transaction.SelectAsync<Entry>(
                entry => entry.Group >= group && entry.Group <= group));
        Require(found.Count == Records / Groups, "The scan gave another number of records.");
    }

    private static async Task AllAsync(WorkloadContext on)
    {
        IReadOnlyList<Entry> found = await on.Memento.TransactionAsync(
            async transaction => await transaction.AllAsync<Entry>());
        Require(found.Count == Records, "The table has another number of records.");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
