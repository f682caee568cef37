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
            + $"{Collector}, {Where(options)}, "
            + Format($"an fsync takes {flush.TotalMilliseconds:F2} ms"));
#if DEBUG
        output.WriteLine("THIS IS A DEBUG BUILD: run it with -c Release.");
#endif
        output.WriteLine(
            "workload  storage    records workers      ops/s    p50 us    p99 us      B/op  CPU us/"
            + "op  GC ms   max ms    GCs  contentions items/op  bodies  batch growth"
            + "    peer ops/s  peer p50  ratio");
    }

    /// <param name="storage">The storage.</param>
    /// <param name="size">How many records were loaded.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="bytes">The managed memory afterwards; null if it is elsewhere.</param>
    public void AddLoad(string storage, TableSize size, TimeSpan took, long? bytes)
        => output.WriteLine(Format(
            $"{size.Records:N0} records loaded, {storage}, {took.TotalSeconds:F2} s, ")
            + Format($"{size.Records / took.TotalSeconds:N0} records/s")
            + (bytes is null ? "" : Format($", {bytes >> 20:N0} MiB")));

    public void AddRestart(string storage, TableSize size, Restart restart)
        => output.WriteLine(Format(
            $"{size.Records:N0} records loaded at a start, {storage}: ")
            + Format($"{restart.Load.TotalSeconds:F2} s, ")
            + Format($"at most {restart.PeakBytes >> 20:N0} MiB, ")
            + Format($"{restart.RestBytes >> 20:N0} MiB at rest, ")
            + Format($"{(double)restart.PeakBytes / restart.RestBytes:F2} times"));

    public void AddStreaming(string storage, TableSize size, Streaming stream)
        => output.WriteLine(Format(
            $"{size.Records:N0} records streamed by a snapshot, {storage}: ")
            + Format($"{stream.Took.TotalSeconds:F2} s, ")
            + Format($"{stream.RestBytes / 1048576.0:N1} MiB at rest, at most ")
            + Format($"{(stream.PeakBytes - stream.RestBytes) / 1048576.0:N1} MiB above it, ")
            + Format($"{(stream.HeldBytes - stream.RestBytes) / 1048576.0:N1} without garbage"));

    public void AddBareLoop(int rowsPerBatch, double rowsPerSecond)
        => output.WriteLine(Format(
            $"  a bare loop of batches of {rowsPerBatch} rows: {rowsPerSecond:N0} rows/s"));

    public void AddStock(double operationsPerSecond, double ratio)
        => output.WriteLine(Format(
            $"  Orleans' own transactions there: {operationsPerSecond:N0} ops/s, ")
            + Format($"ratio {ratio:F1}"));

    public void AddBareStates(int rowsPerState, double statesPerSecond, double ratio)
        => output.WriteLine(Format(
            $"  a bare loop of states of {rowsPerState} rows: {statesPerSecond:N0} states/s, ")
            + Format($"ratio with as many commits in a state {ratio:F1}"));

    /// <param name="loop">The bound.</param>
    /// <param name="other">Another rate, with which it is compared; null for none.</param>
    public void AddClosedLoop(ClosedLoop loop, double? other)
        => output.WriteLine(Format(
            $"  {loop.Workers} workers, each of which waits for its append: at most ")
            + Format($"{loop.Most:N0} ops/s (an append of one takes ")
            + Format($"{1e6 / loop.Alone:N0} us), one append at a time at most ")
            + Format($"{loop.MostInTurn:N0} ops/s (of all {1e6 / loop.Together:N0} us)")
            + (other is { } rate
                ? Format($"; ratio at most {loop.Most / rate:F1} and {loop.MostInTurn / rate:F1}")
                : ""));

    public void AddClearing(string storage, TableSize size, Clearing clearing)
        => output.WriteLine(Format(
            $"{size.Records:N0} records, {storage}: ")
            + Format($"emptied in {clearing.Clear.TotalMilliseconds:F1} ms, ")
            + Format($"slowest write behind it {clearing.SlowestWrite.TotalMilliseconds:F1} ms, ")
            + Format($"deleted in {clearing.Delete.TotalMilliseconds:F1} ms"));

    public void Add(Measurement measured)
    {
        Measurement one = measured with { Growth = GrowthOf(measured) };
        _measurements.Add(one);
        string growth = one.Growth is { } times ? Format($"{times,7:F2}") : "      -";
        string bodies = one.BodiesPerOperation is { } runs ? Format($"{runs,7:F2} ") : "      - ";
        string peer = one.Peer is { } other
            ? Format($"{other.OperationsPerSecond,14:N0} {other.P50Microseconds,9:N0} ")
                + Format($"{one.Ratio,6:F2}")
            : "";
        output.WriteLine(
            Format($"{one.Workload,-9} {one.Storage,-10} {one.Records,7} {one.Workers,7} ")
            + Format($"{one.OperationsPerSecond,10:N0} {one.P50Microseconds,9:N1} ")
            + Format($"{one.P99Microseconds,9:N1} {one.AllocatedBytesPerOperation,9:N0} ")
            + Format($"{one.CpuMicrosecondsPerOperation,10:N2} {one.GcPauseMilliseconds,6:N0} ")
            + Format($"{one.LongestGcPauseMilliseconds,8:N1} {one.GcCollections,6} ")
            + Format($"{one.LockContentions,12:N0} {one.WorkItemsPerOperation,8:N2} ")
            + bodies
            + Format($"{one.CommitsPerBatch,6:N1}{growth}{peer}"));
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
                options.Silos,
                options.ThroughClient,
                FlushMilliseconds = flush.TotalMilliseconds,
                Results = _measurements,
            },
            Indented);
    }

    private static string Where(BenchmarkOptions options)
        => options.ThroughClient ? "client over TCP"
            : options.Silos == 1 ? "in the silo"
            : $"in {options.Silos} silos, a process each";

    private double? GrowthOf(Measurement one)
        => _measurements.Find(other
            => other.Workload == one.Workload && other.Storage == one.Storage
                && other.Workers == one.Workers && other.Records < one.Records) is { } smallest
            ? one.P50Microseconds / smallest.P50Microseconds
            : null;

    private static string Format(FormattableString text)
        => text.ToString(CultureInfo.InvariantCulture);
}
