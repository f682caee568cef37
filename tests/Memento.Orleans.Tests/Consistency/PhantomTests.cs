using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Consistency;

/// <summary>
/// Queries of ranges beside writes into them have a serial order, and no record appears in a range
/// that a transaction has read. To run longer: <c>MEMENTO_PHANTOM_TRANSACTIONS</c>, for each
/// worker.
/// </summary>
public sealed class PhantomTests
{
    private const int Workers = 8;
    private const int Transactions = 60;

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(TableType.OrderedSet, false)]
    [InlineData(TableType.Set, false)]
    [InlineData(TableType.Bag, false)]
    [InlineData(TableType.OrderedSet, true)]
    public async Task Transactions_that_look_at_ranges_and_write_have_a_serial_order(
        TableType type, bool isClient)
    {
        int seed = Settings.RunSeed;
        await using TestSilo silo = await TestSilo.StartAsync(Add);
        IServiceProvider services = isClient ? await silo.ConnectAsync(Add) : silo.Services;
        IMemento memento = services.GetRequiredService<IMemento>();
        var workload = new CellWorkload(memento, seed);
        await workload.RunAsync(Workers, TransactionsEach()).WaitAsync(LongestRun);

        IReadOnlyList<Cell> left = await memento.TransactionAsync(
            async tx => await tx.Query<Cell>().OrderBy(cell => cell.Id).ToListAsync());
        string? wrong = workload.Check(isBag: type == TableType.Bag, left);
        Assert.True(wrong is null, $"seed {seed}: {wrong}");
        Assert.True(
            workload.Committed > Workers * TransactionsEach() / 2,
            $"Too little was committed; seed {seed}.");

        void Add(IMementoBuilder builder) => builder.AddTable<Cell>(table => table.Type = type);
    }

    /// <summary>
    /// Each counts a group and adds a cell with the count: two with the same are a write skew.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_adds_what_it_has_counted_never_counts_what_another_has(bool isByKey)
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static builder => builder.AddTable<Cell>(
                static table => table.Type = TableType.OrderedSet));
        IMemento memento = silo.Services.GetRequiredService<IMemento>();
        int lastStamp = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            for (int count = 0; count < Transactions; count++)
            {
                int stamp = Interlocked.Increment(ref lastStamp);
                int group = stamp % 2;
                await memento.TransactionAsync(async tx =>
                {
                    int value = isByKey
                        ? (int)(await tx.LastKeyAsync<Cell>() ?? -1) + 1
                        : (int)await tx.Query<Cell>().Where(cell => cell.Group == group)
                            .CountAsync();
                    await Task.Yield();
                    await tx.WriteAsync(new Cell
                    {
                        Id = isByKey ? value : stamp,
                        Group = group,
                        Value = value,
                        Stamp = stamp,
                    });
                });
            }
        }))).WaitAsync(LongestRun);

        IReadOnlyList<Cell> all = await memento.TransactionAsync(
            async tx => await tx.AllAsync<Cell>());
        Assert.Equal(Workers * Transactions, all.Count);
        Assert.All(
            all.GroupBy(cell => isByKey ? 0 : cell.Group),
            static group => Assert.Equal(
                Enumerable.Range(0, group.Count()),
                group.Select(cell => cell.Value!.Value).Order()));
    }

    private static int TransactionsEach()
        => Settings.Number("MEMENTO_PHANTOM_TRANSACTIONS", Transactions);
}
