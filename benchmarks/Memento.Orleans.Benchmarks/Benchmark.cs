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
            var peer = new MnesiaPeer(
                Path.Combine(AppContext.BaseDirectory, "mnesia_peer.erl"), directory.FullName);
            using var pauses = new PauseListener();
            foreach (string storage in options.Storages)
            {
                if (options.RunsPeer)
                {
                    await peer.RunAsync(
                        storage, options.Workloads, options.Workers, options.Duration);
                    if (peer.Problem is not null)
                        Console.WriteLine($"The peer could not run: {peer.Problem}");
                }

                await RunAsync(
                    options, storage, directory.FullName, pauses,
                    one => report.Add(one with
                    {
                        PeerOperationsPerSecond = peer.Find(storage, one.Workload, one.Workers),
                    }),
                    cancellationToken);
            }

            if (options.Json is not null) await report.SaveAsync(options.Json, options, flush);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(
        BenchmarkOptions options,
        string storage,
        string directory,
        PauseListener pauses,
        Action<Measurement> report,
        CancellationToken cancellationToken)
    {
        TableStorage kind = storage == "disk" ? TableStorage.Disk : TableStorage.Ram;
        await using BenchmarkTarget target = await BenchmarkTarget.StartAsync(
            kind, directory, options.ThroughClient);
        await Workload.LoadAsync(target.Memento);
        var runner = new WorkloadRunner(target, pauses);
        foreach (Workload workload in options.Workloads)
        {
            foreach (int workers in options.Workers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                report(await runner.MeasureAsync(workload, storage, workers, options.Duration));
            }
        }
    }
}
