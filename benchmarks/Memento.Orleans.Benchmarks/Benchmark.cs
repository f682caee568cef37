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

                    await RunAsync(
                        options, storage, size, directory.FullName, pauses, report, peer,
                        cancellationToken);
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

    private static async Task RunAsync(
        BenchmarkOptions options,
        string storage,
        TableSize size,
        string directory,
        PauseListener pauses,
        Report report,
        MnesiaPeer peer,
        CancellationToken cancellationToken)
    {
        TableStorage kind = storage == "disk" ? TableStorage.Disk : TableStorage.Ram;
        await using BenchmarkTarget target = await BenchmarkTarget.StartAsync(
            kind,
            Directory.CreateDirectory(Path.Combine(directory, $"{size.Records}")).FullName,
            options.ThroughClient);
        report.AddLoad(storage, size, await Records.LoadAsync(target.Memento, size));
        var runner = new WorkloadRunner(target, pauses);
        foreach (Workload workload in options.Workloads)
        {
            foreach (int workers in options.Workers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Measurement one = await runner.MeasureAsync(
                    workload, storage, size, workers, options.Duration);
                report.Add(one with
                {
                    Peer = peer.Find(storage, size, workload.Name, workers),
                });
            }
        }

        if (options.Clears)
            report.AddClearing(storage, size, await Clearing.MeasureAsync(target.Memento, size));
    }
}
