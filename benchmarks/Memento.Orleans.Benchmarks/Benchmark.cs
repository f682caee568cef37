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
                            storage, size, options.Workloads, options.Workers, options.Duration);
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
        await storage.PrepareAsync();
        BenchmarkTarget target = await BenchmarkTarget.StartAsync(storage, options.ThroughClient);
        try
        {
            report.AddLoad(storage.Name, size, await Records.LoadAsync(target.Memento, size));
            if (options.Restarts && storage.IsDurable)
            {
                await target.DisposeAsync();
                target = await BenchmarkTarget.StartAsync(storage, options.ThroughClient);
                report.AddRestart(
                    storage.Name, size, await Restart.MeasureAsync(target.Memento, size));
            }

            var runner = new WorkloadRunner(target, pauses);
            foreach (Workload workload in options.Workloads)
            {
                foreach (int workers in options.Workers)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Measurement one = await runner.MeasureAsync(
                        workload, storage.Name, size, workers, options.Duration);
                    report.Add(one with
                    {
                        Peer = peer.Find(storage.Name, size, workload.Name, workers),
                    });
                    await CompareAsync(workload, one, storage, size, options, report);
                }
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
