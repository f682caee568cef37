using Memento.Benchmarks;
using Memento.Benchmarks.Clusters;

return args is [SiloProgram.Command]
    ? await SiloProgram.RunAsync()
    : await CommandLine.Create(Benchmark.RunAsync).Parse(args).InvokeAsync();
