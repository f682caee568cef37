using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Memento.Benchmarks;

/// <summary>Prints results as they come, and keeps them for the JSON file.</summary>
internal sealed class Report(TextWriter output)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
    };

    private readonly List<Measurement> _measurements = [];

    private static string Collector
        => (GCSettings.IsServerGC ? "server" : "workstation") + " garbage collector, "
            + (GCSettings.LatencyMode == GCLatencyMode.Batch ? "not concurrent" : "concurrent");

    public void Begin(BenchmarkOptions options, TimeSpan flush)
    {
        output.WriteLine(
            $"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores, "
            + $"{Collector}, {(options.ThroughClient ? "client over TCP" : "in the silo")}, "
            + Format($"an fsync takes {flush.TotalMilliseconds:F2} ms"));
#if DEBUG
        output.WriteLine("THIS IS A DEBUG BUILD: run it with -c Release.");
#endif
        output.WriteLine(
            "workload  storage workers      ops/s    p50 us    p99 us      B/op  CPU us/op"
            + "  GC ms   max ms    GCs  contentions items/op  batch    peer ops/s  ratio");
    }

    public void Add(Measurement one)
    {
        _measurements.Add(one);
        string peer = one.PeerOperationsPerSecond is { } rate
            ? Format($"{rate,14:N0} {one.Ratio,6:F2}")
            : "";
        output.WriteLine(
            Format($"{one.Workload,-9} {one.Storage,-7} {one.Workers,7} ")
            + Format($"{one.OperationsPerSecond,10:N0} {one.P50Microseconds,9:N1} ")
            + Format($"{one.P99Microseconds,9:N1} {one.AllocatedBytesPerOperation,9:N0} ")
            + Format($"{one.CpuMicrosecondsPerOperation,10:N2} {one.GcPauseMilliseconds,6:N0} ")
            + Format($"{one.LongestGcPauseMilliseconds,8:N1} {one.GcCollections,6} ")
            + Format($"{one.LockContentions,12:N0} {one.WorkItemsPerOperation,8:N2} ")
            + Format($"{one.CommitsPerBatch,6:N1}{peer}"));
    }

    public async Task SaveAsync(FileInfo file, BenchmarkOptions options, TimeSpan flush)
    {
        await using FileStream stream = file.Create();
        await JsonSerializer.SerializeAsync(
            stream,
            new
            {
                At = DateTimeOffset.UtcNow,
                Runtime = RuntimeInformation.FrameworkDescription,
                Environment.ProcessorCount,
                Collector,
                options.ThroughClient,
                FlushMilliseconds = flush.TotalMilliseconds,
                Results = _measurements,
            },
            Indented);
    }

    private static string Format(FormattableString text)
        => text.ToString(CultureInfo.InvariantCulture);
}
