using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento.Benchmarks;

/// <summary>
/// Measures workers that claim jobs and complete them, each in a transaction, beside workers that
/// only write two records, each in a transaction: in the silo, and from clients over TCP. The kinds
/// take turns, because the machine's speed changes. A completed job goes back to the end.
/// </summary>
internal static class ClaimProbe
{
    private const int Workers = 32;
    private const int Clients = 4;
    private const int Jobs = 10_000;
    private const int Rounds = 5;

    /// <summary>Measures a ram table, then a disk table on SQLite.</summary>
    /// <param name="parent">Where a directory for the database is made, and removed again.</param>
    /// <param name="duration">How long each kind is measured in each round.</param>
    public static async Task<int> RunAsync(DirectoryInfo parent, TimeSpan duration)
    {
        DirectoryInfo directory = parent.CreateSubdirectory($"benchmark-{Guid.NewGuid():N}");
        try
        {
            foreach (TableStorage storage in Enum.GetValues<TableStorage>())
                await RunAsync(storage, directory, duration);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task RunAsync(
        TableStorage storage, DirectoryInfo directory, TimeSpan duration)
    {
        int[] ports = FreePorts.Find(2);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ports[0], ports[1])
            .AddMemento(memento =>
            {
                AddTable(memento, storage);
                if (storage == TableStorage.Disk)
                {
                    memento.UseSqlite(
                        $"Data Source={Path.Combine(directory.FullName, "benchmark.db")}");
                }
            }));
        using IHost host = builder.Build();
        await host.StartAsync();
        IHost[] clients = [.. Enumerable.Range(0, Clients).Select(_ => Connect(ports[1], storage))];
        try
        {
            IMemento silo = host.Services.GetRequiredService<IMemento>();
            await silo.Table<BenchmarkJob>().PutManyAsync(AllAsync());
            await MeasureAsync($"{storage}, in the silo", [silo], duration);
            await Task.WhenAll(clients.Select(static each => each.StartAsync()));
            await MeasureAsync(
                $"{storage}, {Clients} clients",
                [.. clients.Select(static each => each.Services.GetRequiredService<IMemento>())],
                duration);
        }
        finally
        {
            foreach (IHost each in clients)
            {
                await each.StopAsync();
                each.Dispose();
            }

            await host.StopAsync();
        }
    }

    private static IHost Connect(int port, TableStorage storage)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(port)
            .AddMemento(memento => AddTable(memento, storage)));
        return builder.Build();
    }

    private static void AddTable(IMementoBuilder memento, TableStorage storage)
        => memento.AddTable<BenchmarkJob>(table => table.Storage = storage);

    private static async Task MeasureAsync(string place, IMemento[] stores, TimeSpan duration)
    {
        (string Name, Func<IMemento, int, Task<int>> RunAsync)[] kinds =
        [
            ("two writes", WriteTwiceAsync),
            ("claim, skipping what is locked, and complete",
                static (store, _) => ClaimAsync(store, skips: true)),
            ("claim, waiting, and complete", static (store, _) => ClaimAsync(store, skips: false)),
        ];
        (double Rate, double Bodies)[][] runs =
            [.. kinds.Select(static _ => new (double, double)[Rounds])];
        foreach ((_, Func<IMemento, int, Task<int>> runAsync) in kinds)
            await MeasureAsync(stores, runAsync, duration);
        for (int round = 0; round < Rounds; round++)
        {
            for (int kind = 0; kind < kinds.Length; kind++)
            {
                runs[kind][round] = await MeasureAsync(
                    stores, kinds[kind].RunAsync, duration);
            }
        }

        for (int kind = 0; kind < kinds.Length; kind++)
        {
            double[] times =
                [.. runs[kind].Zip(runs[0], static (one, first) => one.Rate / first.Rate)];
            Array.Sort(times);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{place}, {kinds[kind].Name}: {string.Join(", ", runs[kind].Select(
                    static each => each.Rate.ToString("N0", CultureInfo.InvariantCulture)))}/s, "
                + $"median {times[Rounds / 2]:P0} of two writes, "
                + $"{runs[kind].Average(static each => each.Bodies):F2} bodies for the first"));
        }
    }

    private static async Task<(double Rate, double Bodies)> MeasureAsync(
        IMemento[] stores, Func<IMemento, int, Task<int>> runAsync, TimeSpan duration)
    {
        long done = 0;
        long bodies = 0;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                Interlocked.Add(ref bodies, await runAsync(stores[worker % stores.Length], worker));
                Interlocked.Increment(ref done);
            }
        })));
        return (done / Stopwatch.GetElapsedTime(started).TotalSeconds, (double)bodies / done);
    }

    /// <summary>Writes a record of the worker's own in two transactions.</summary>
    private static async Task<int> WriteTwiceAsync(IMemento store, int worker)
    {
        var job = new BenchmarkJob { Id = Jobs + worker, State = JobState.Done };
        TransactionResult<BenchmarkJob> first = await store.TryTransactionAsync(
            async tx => await tx.WriteAsync(job));
        await store.TransactionAsync(async tx => await tx.WriteAsync(job with { Turn = 1 }));
        return first.Attempts;
    }

    private static async Task<int> ClaimAsync(IMemento store, bool skips)
    {
        TransactionResult<BenchmarkJob> claimed = await store.TryTransactionAsync(async tx =>
        {
            BenchmarkJob? next = await tx.Query<BenchmarkJob>()
                .Where(static job => job.State == JobState.Waiting)
                .OrderBy(static job => job.Turn)
                .Take(1)
                .ForUpdate(skips)
                .FirstOrDefaultAsync();
            return await tx.WriteAsync(next! with { State = JobState.Running });
        });
        BenchmarkJob job = claimed.Value!;
        await store.TransactionAsync(async tx => await tx.WriteAsync(
            job with { State = JobState.Waiting, Turn = job.Turn + Jobs }));
        return claimed.Attempts;
    }

    private static async IAsyncEnumerable<BenchmarkJob> AllAsync()
    {
        for (int i = 0; i < Jobs; i++)
            yield return new BenchmarkJob { Id = i, Turn = i };
        await Task.CompletedTask;
    }
}

/// <summary>A job of a queue.</summary>
[Index(nameof(State), nameof(Turn))]
public sealed record BenchmarkJob
{
    public long Id { get; init; }

    public JobState State { get; init; }

    /// <summary>The lesser comes first.</summary>
    public long Turn { get; init; }
}

/// <summary>What is done with a job.</summary>
public enum JobState
{
    /// <summary>It can be claimed.</summary>
    Waiting = 0,

    /// <summary>A worker has it.</summary>
    Running = 1,

    /// <summary>Nobody has to do it any more.</summary>
    Done = 2,
}
