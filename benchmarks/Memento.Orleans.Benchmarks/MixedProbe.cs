using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Transactions.Abstractions;

namespace Memento.Benchmarks;

/// <summary>
/// Measures transactions over one transactional grain (<see cref="ITransactionalState{TState}"/>)
/// and one record of a table, beside those over two transactional grains, in one silo. The states
/// are in Orleans' memory storage. The kinds take turns, because the machine's speed changes.
/// </summary>
internal static class MixedProbe
{
    private const int Workers = 32;
    private const int Grains = 1_000;
    private const int Rounds = 5;

    /// <summary>Measures ram tables, then disk tables on SQLite.</summary>
    /// <param name="parent">Where a directory for the database is made, and removed again.</param>
    /// <param name="duration">How long each kind is measured in each round.</param>
    public static async Task<int> RunAsync(DirectoryInfo parent, TimeSpan duration)
    {
        DirectoryInfo directory = parent.CreateSubdirectory($"benchmark-{Guid.NewGuid():N}");
        try
        {
            foreach (string name in (string[])[BenchmarkStorage.Ram, BenchmarkStorage.Disk])
            {
                await RunAsync(
                    new BenchmarkStorage(name, directory.FullName, postgreSql: null, redis: null),
                    duration);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task RunAsync(BenchmarkStorage storage, TimeSpan duration)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        int[] ports = FreePorts.Find(2);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(ports[0], ports[1])
                .UseTransactions()
                .AddMemoryGrainStorage(BenchmarkStorage.GrainStorage)
                .AddMemento(storage.Configure);
        });
        using IHost host = builder.Build();
        await host.StartAsync();
        try
        {
            await RunAsync(
                host.Services.GetRequiredService<IMemento>(),
                host.Services.GetRequiredService<IGrainFactory>(),
                host.Services.GetRequiredService<ITransactionClient>(),
                storage.Name,
                duration);
        }
        finally
        {
            await host.StopAsync();
        }
    }

    private static async Task RunAsync(
        IMemento memento,
        IGrainFactory grains,
        ITransactionClient client,
        string storage,
        TimeSpan duration)
    {
        await Records.LoadAsync(memento, new TableSize(Grains));
        (string Name, Func<int, int, Task> RunAsync)[] kinds =
        [
            ("two grains", (from, to) => client.RunTransaction(
                TransactionOption.Create,
                async () =>
                {
                    await grains.GetGrain<IStockAccount>(from).AddAsync(-1);
                    await grains.GetGrain<IStockAccount>(to).AddAsync(1);
                })),
            ($"a grain and a record ({storage})", (from, to) => memento.TransactionAsync(
                async transaction =>
                {
                    await grains.GetGrain<IStockAccount>(from).AddAsync(-1);
                    Entry? entry = await transaction.ReadAsync<Entry>((long)to, LockMode.Write);
                    await transaction.WriteAsync(entry! with { Balance = entry.Balance + 1 });
                })),
        ];
        double[][] rates = [.. kinds.Select(static _ => new double[Rounds])];
        foreach ((_, Func<int, int, Task> runAsync) in kinds)
            await MeasureAsync(runAsync, duration);
        for (int round = 0; round < Rounds; round++)
        {
            for (int kind = 0; kind < kinds.Length; kind++)
                rates[kind][round] = await MeasureAsync(kinds[kind].RunAsync, duration);
        }

        for (int kind = 0; kind < kinds.Length; kind++)
        {
            double[] times = [.. rates[kind].Zip(rates[0], static (one, first) => one / first)];
            Array.Sort(times);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kinds[kind].Name}: {string.Join(", ", rates[kind].Select(
                    static each => each.ToString("N0", CultureInfo.InvariantCulture)))}/s, "
                + $"median {times[Rounds / 2]:F2} times two grains"));
        }
    }

    /// <summary>How many transactions a second there are; those that fail do not count.</summary>
    private static async Task<double> MeasureAsync(
        Func<int, int, Task> runAsync, TimeSpan duration)
    {
        long done = 0;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                int first = random.Next(Grains - 1);
                try
                {
                    await runAsync(first, random.Next(first + 1, Grains));
                    Interlocked.Increment(ref done);
                }
                catch (Orleans.Transactions.OrleansTransactionException)
                {
                    // It lost a conflict or its time was over.
                }
            }
        })));
        return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
