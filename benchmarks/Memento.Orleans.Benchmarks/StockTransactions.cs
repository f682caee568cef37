using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Transactions.Abstractions;

namespace Memento.Benchmarks;

/// <summary>
/// The same work with Orleans' own transactions (<see cref="ITransactionalState{TState}"/>) on the
/// same grain storage: a grain for each record, which is activated before the measurement. Two
/// records are taken in the order of their keys, because stock transactions wait out a time limit
/// where they meet in opposite orders.
/// </summary>
internal static class StockTransactions
{
    /// <summary>Whether there is such work.</summary>
    public static bool Has(Workload workload) => workload.Name is "write" or "transfer";

    /// <summary>
    /// How many transactions a second there are, how many bare states of some rows, and the most
    /// that the workers could reach.
    /// </summary>
    public static async Task<(double Transactions, double BareStates, ClosedLoop Most)>
        MeasureAsync(
        BenchmarkStorage storage,
        Workload workload,
        TableSize size,
        int workers,
        int rowsPerState,
        TimeSpan duration)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        int[] ports = FreePorts.Find(2);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(ports[0], ports[1]).UseTransactions();
            storage.AddTo(silo);
        });
        using IHost host = builder.Build();
        await host.StartAsync();
        try
        {
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            var client = host.Services.GetRequiredService<ITransactionClient>();
            bool isTransfer = workload.Name == "transfer";
            await RunAsync(
                grains, client, isTransfer, size, workers, TimeSpan.FromSeconds(2));
            double transactions = await RunAsync(
                grains, client, isTransfer, size, workers, duration);
            return (
                transactions,
                await StatesAsync(rowsPerState),
                await ClosedLoop.MeasureAsync(workers, workload.Rows, StatesAsync));
        }
        finally
        {
            await host.StopAsync();
        }

        Task<double> StatesAsync(int rows)
            => BareStates.MeasureAsync(host.Services, rows, duration);
    }

    private static async Task<double> RunAsync(
        IGrainFactory grains,
        ITransactionClient client,
        bool isTransfer,
        TableSize size,
        int workers,
        TimeSpan duration)
    {
        long done = 0;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                int first = random.Next(size.Records - 1);
                int second = random.Next(first + 1, size.Records);
                try
                {
                    await client.RunTransaction(TransactionOption.Create, async () =>
                    {
                        await grains.GetGrain<IStockAccount>(first).AddAsync(-1);
                        if (isTransfer) await grains.GetGrain<IStockAccount>(second).AddAsync(1);
                    });
                    Interlocked.Increment(ref done);
                }
                catch (Orleans.Transactions.OrleansTransactionException)
                {
                    // It lost a conflict or its time was over, and does not count.
                }
            }
        })));
        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

/// <summary>A record of stock transactions.</summary>
public interface IStockAccount : IGrainWithIntegerKey
{
    /// <summary>Adds to the balance.</summary>
    [Transaction(TransactionOption.Join)]
    Task AddAsync(long amount);
}

/// <summary>The state of such a record: as large as those of the table.</summary>
[GenerateSerializer]
public sealed class StockBalance
{
    /// <summary>The balance.</summary>
    [Id(0)]
    public long Balance { get; set; }

    /// <summary>The rest of the record.</summary>
    [Id(1)]
    public string Body { get; set; } = new('y', 80);
}

/// <summary>The grain of such a record.</summary>
public sealed class StockAccount(
    [TransactionalState("balance", BenchmarkStorage.GrainStorage)]
    ITransactionalState<StockBalance> state)
    : Grain, IStockAccount
{
    /// <inheritdoc/>
    public Task AddAsync(long amount)
        => state.PerformUpdate(balance => balance.Balance += amount);
}
