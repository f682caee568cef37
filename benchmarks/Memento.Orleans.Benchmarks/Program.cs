using Memento.Benchmarks;

return await CommandLine.Create(Benchmark.RunAsync).Parse(args).InvokeAsync();
