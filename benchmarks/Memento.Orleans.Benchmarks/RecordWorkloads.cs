namespace Memento.Benchmarks;

/// <summary>Operations on single records.</summary>
internal static class RecordWorkloads
{
    private const int HotRecords = 10;
    private const int InsertedGroups = 1_000;

    private static readonly string Written = new('y', Entry.BodyLength);
    private static readonly string Inserted = new('z', Entry.BodyLength);

    /// <summary>The cost of a transaction without an operation.</summary>
    public static Task EmptyAsync(WorkloadContext on)
        => on.Memento.TransactionAsync(static _ => Task.CompletedTask);

    public static Task ReadAsync(WorkloadContext on) => ReadAsync(on.Memento, on.AnyKey());

    /// <summary>A record whose partition is in another silo.</summary>
    public static Task ReadElsewhereAsync(WorkloadContext on)
        => ReadAsync(on.Memento, on.AnyKeyElsewhere());

    public static Task WriteAsync(WorkloadContext on)
    {
        long key = on.AnyKey();
        return on.Memento.TransactionAsync(async transaction
            => await transaction.WriteAsync(Records.Make(key, Written, key % on.Size.Groups)));
    }

    public static Task InsertAsync(WorkloadContext on)
    {
        long key = on.NextKey();
        long group = on.Size.Groups + (key % InsertedGroups);
        return on.Memento.TransactionAsync(
            async transaction => await transaction.WriteAsync(Records.Make(key, Inserted, group)));
    }

    public static Task TransferAsync(WorkloadContext on)
        => TransferAsync(on, on.AnyKey(), on.AnyKey());

    public static Task TransferAmongHotAsync(WorkloadContext on)
        => TransferAsync(on, AnyHot(on), AnyHot(on));

    /// <summary>All workers update one record.</summary>
    public static Task UpdateOneAsync(WorkloadContext on)
        => on.Memento.TransactionAsync(async transaction =>
        {
            on.Bodies++;
            Entry? hottest = await transaction.ReadAsync<Entry>(1L, LockMode.Write);
            await transaction.WriteAsync(hottest! with { Balance = hottest.Balance + 1 });
        });

    private static async Task ReadAsync(IMemento memento, long key)
    {
        Entry? entry = await memento.TransactionAsync(
            async transaction => await transaction.ReadAsync<Entry>(key));
        Workload.Require(entry?.Id == key, "A record was read that is another's, or none.");
    }

    private static long AnyHot(WorkloadContext on) => 1 + on.Random.Next(HotRecords);

    private static Task TransferAsync(WorkloadContext on, long from, long to)
    {
        if (from == to) return Task.CompletedTask;
        return on.Memento.TransactionAsync(async transaction =>
        {
            on.Bodies++;
            Entry? payer = await transaction.ReadAsync<Entry>(from, LockMode.Write);
            Entry? payee = await transaction.ReadAsync<Entry>(to, LockMode.Write);
            await transaction.WriteAsync(payer! with { Balance = payer.Balance - 1 });
            await transaction.WriteAsync(payee! with { Balance = payee.Balance + 1 });
        });
    }
}
