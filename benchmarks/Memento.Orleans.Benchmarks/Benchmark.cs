using Memento.Benchmarks.Clusters;

namespace Memento.Benchmarks;

/// <summary>One run of the program.</summary>
internal static class Benchmark
{
    public static async Task<int> RunAsync(
        BenchmarkOptions options, CancellationToken cancellationToken)
    {
        DirectoryInfo directory = Directory.CreateDirectory(
            Path.Combine(options.Directory, $"memento-benchmark-{Environment.ProcessId}"));
        try
        {
            TimeSpan flush = FlushProbe.Measure(directory.FullName);
            var report = new Report(Console.Out);
            report.Begin(options, flush);
            var peer = new MnesiaPeer(AppContext.BaseDirectory, directory.FullName);
            using var pauses = new PauseListener();
            foreach (string storage in options.Storages)
            {
                foreach (TableSize size in options.Sizes)
                {
                    if (options.RunsPeer)
                    {
                        await peer.RunAsync(
                            storage, size, options.Silos, options.Workloads, options.Workers,
                            options.Duration);
                        if (peer.Problem is not null)
                            Console.WriteLine($"The peer could not run: {peer.Problem}");
                    }

                    await using PostgreSqlServer? server =
                        await ServerAsync(options, storage, directory);
                    await using RedisServer? redis = storage == BenchmarkStorage.Redis
                        ? await RedisServer.StartAsync(directory
                            .CreateSubdirectory($"{Guid.NewGuid():N}").FullName)
                        : null;
                    string place = Path.Combine(directory.FullName, $"{size.Records}");
                    await RunAsync(
                        options,
                        new BenchmarkStorage(
                            storage, Directory.CreateDirectory(place).FullName, server, redis),
                        size, pauses, report, peer, cancellationToken);
                }
            }

            if (options.Json is not null) await report.SaveAsync(options.Json, options, flush);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<PostgreSqlServer?> ServerAsync(
        BenchmarkOptions options, string storage, DirectoryInfo directory)
    {
        if (storage is not (BenchmarkStorage.PostgreSql or BenchmarkStorage.AdoNet)) return null;
        return options.PostgreSql is { } connectionString
            ? await PostgreSqlServer.ConnectAsync(connectionString)
            : await PostgreSqlServer.StartAsync(
                directory.CreateSubdirectory($"{Guid.NewGuid():N}").FullName);
    }

    private static async Task RunAsync(
        BenchmarkOptions options,
        BenchmarkStorage storage,
        TableSize size,
        PauseListener pauses,
        Report report,
        MnesiaPeer peer,
        CancellationToken cancellationToken)
    {
        if (options.Silos > 1)
        {
            await using SiloCluster cluster = await SiloCluster.StartAsync(storage, options.Silos);
            report.AddLoad(storage.Name, size, await cluster.LoadAsync(size), bytes: null);
            await MeasureAsync(options, cluster, storage, size, report, peer, cancellationToken);
            return;
        }

        await storage.PrepareAsync();
        BenchmarkTarget target = await BenchmarkTarget.StartAsync(storage, options.ThroughClient);
        try
        {
            TimeSpan load = await Records.LoadAsync(target.Memento, size);
            report.AddLoad(
                storage.Name, size, load, GC.GetTotalMemory(forceFullCollection: true));
            if (options.Restarts && storage.IsDurable)
            {
                await target.DisposeAsync();
                target = await BenchmarkTarget.StartAsync(storage, options.ThroughClient);
                report.AddRestart(
                    storage.Name, size, await Restart.MeasureAsync(target.Memento, size));
            }

            await MeasureAsync(
                options, new LocalWorkers(target, pauses), storage, size, report, peer,
                cancellationToken);
            if (options.Streams)
            {
                report.AddStreaming(
                    storage.Name, size, await Streaming.MeasureAsync(target.Memento, size));
            }

            if (options.Clears)
            {
                report.AddClearing(
                    storage.Name, size, await Clearing.MeasureAsync(target.Memento, size));
            }
        }
        finally
        {
            await target.DisposeAsync();
        }
    }

    private static async Task MeasureAsync(
        BenchmarkOptions options,
        IWorkers workers,
        BenchmarkStorage storage,
        TableSize size,
        Report report,
        MnesiaPeer peer,
        CancellationToken cancellationToken)
    {
        var runner = new WorkloadRunner(workers);
        foreach (Workload workload in options.Workloads)
        {
            foreach (int count in options.Workers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Measurement one = await runner.MeasureAsync(
                    workload, storage.Name, size, count, options.Duration);
                report.Add(one with
                {
                    Peer = peer.Find(storage.Name, size, workload.Name, count),
                });
                await CompareAsync(workload, one, storage, size, options, report);
            }
        }
    }

    /// <summary>
    /// Measures a bare loop of the same batches, or Orleans' own transactions, where there are any.
    /// </summary>
    private static async Task CompareAsync(
        Workload workload,
        Measurement one,
        BenchmarkStorage storage,
        TableSize size,
        BenchmarkOptions options,
        Report report)
    {
        int rows = Math.Max(1, (int)Math.Round(one.CommitsPerBatch * workload.Rows));
        if (storage.IsGrainStorage && StockTransactions.Has(workload))
        {
            (double stock, double states, ClosedLoop most) = await StockTransactions.MeasureAsync(
                storage, workload, size, one.Workers, rows, options.Duration);
            report.AddStock(stock, one.OperationsPerSecond / stock);
            report.AddBareStates(rows, states, states * one.CommitsPerBatch / stock);
            report.AddClosedLoop(most, stock);
        }

        if (workload.Rows == 0) return;
        if (storage.Server is { } server)
        {
            report.AddBareLoop(
                rows, await BareLoop.MeasureAsync(server, size, rows, options.Duration));
            report.AddClosedLoop(
                await ClosedLoop.MeasureAsync(
                    one.Workers,
                    workload.Rows,
                    async each => await BareLoop.MeasureAsync(
                        server, size, each, options.Duration) / each),
                other: null);
        }

        if (storage.Name != BenchmarkStorage.Disk) return;
        report.AddBareLoop(
            rows,
            rows * await BareFile.MeasureAsync(storage.Directory, size, rows, options.Duration));
        report.AddClosedLoop(
            await ClosedLoop.MeasureAsync(
                one.Workers,
                workload.Rows,
                each => BareFile.MeasureAsync(storage.Directory, size, each, options.Duration)),
            other: null);
    }
}
