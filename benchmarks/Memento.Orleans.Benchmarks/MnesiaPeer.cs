using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Memento.Benchmarks;

/// <summary>
/// Runs Mnesia, where Erlang is installed, for the numbers to compare with: mnesia_peer.erl as far
/// as it goes, mnesia_queries.erl for the other queries, and for tables of another size.
/// </summary>
/// <param name="sources">The directory with the programs.</param>
/// <param name="directory">Where they are compiled and have their tables.</param>
internal sealed partial class MnesiaPeer(string sources, string directory)
{
    /// <summary>How many nodes there are where tables have replicas.</summary>
    public const int NodesOfReplicas = 3;

    private static readonly string[] OfRecords =
        ["read", "write", "transfer", "hot", "index", "select", "all", "insert"];

    private static readonly string[] OfQueries =
        ["index", "select", "all", "first", "page", "next", "count", "range"];

    private readonly
        Dictionary<(string Storage, TableSize Size, string Workload, int Workers), PeerResult>
        _results = [];

    /// <summary>Why it could not run here, if it could not.</summary>
    public string? Problem { get; private set; }

    /// <summary>The result of Mnesia; null if it does not have the workload.</summary>
    public PeerResult? Find(string storage, TableSize size, string workload, int workers)
        => _results.GetValueOrDefault((storage, size, workload, workers));

    /// <summary>Runs the same workloads as will be run here.</summary>
    /// <param name="storage">The storage here; there it is ram or disc copies.</param>
    /// <param name="size">The size of the table.</param>
    /// <param name="nodes">
    /// One, or as many as there are replicas. Queries are measured on one.
    /// </param>
    /// <param name="workloads">The workloads here.</param>
    /// <param name="workers">Numbers of workers.</param>
    /// <param name="duration">How long each workload runs.</param>
    public async Task RunAsync(
        string storage,
        TableSize size,
        int nodes,
        IReadOnlyList<Workload> workloads,
        IEnumerable<int> workers,
        TimeSpan duration)
    {
        if (Problem is not null) return;
        string table = (storage == BenchmarkStorage.Ram ? "ram" : "disc")
            + nodes.ToString(CultureInfo.InvariantCulture);
        string seconds = Math.Max(1, (int)duration.TotalSeconds)
            .ToString(CultureInfo.InvariantCulture);
        string[] wanted = [.. workloads.Select(static workload => workload.Name)];
        string numbers = string.Join(',', workers);
        string[] first = size.Records == TableSize.Usual ? [.. wanted.Intersect(OfRecords)] : [];
        string[] second = nodes == 1
            ? [.. wanted.Intersect(OfQueries).Except(first)]
            : [];
        try
        {
            if (first.Length > 0)
            {
                Read(storage, size, await RunAsync(
                    "mnesia_peer", seconds, table, string.Join(',', first), numbers));
            }

            if (second.Length > 0)
            {
                Read(storage, size, await RunAsync(
                    "mnesia_queries", seconds, table,
                    size.Records.ToString(CultureInfo.InvariantCulture),
                    string.Join(',', second), numbers));
            }
        }
        catch (Exception exception)
            when (exception is Win32Exception or InvalidOperationException)
        {
            Problem = exception.Message;
        }
    }

    [GeneratedRegex(
        @"^(?<workload>\w+)\s+\w+\s+replicas=\d\s+workers=(?<workers>\d+)\s+(?<rate>[\d.]+) ops/s"
            + @" p50=(?<p50>\d+)",
        RegexOptions.Multiline)]
    private static partial Regex Line();

    private void Read(string storage, TableSize size, string output)
    {
        MatchCollection lines = Line().Matches(output);
        if (lines.Count == 0)
            throw new InvalidOperationException($"It printed no results: {output}");

        foreach (Match line in lines)
        {
            int workers = int.Parse(line.Groups["workers"].Value, CultureInfo.InvariantCulture);
            _results[(storage, size, line.Groups["workload"].Value, workers)] = new(
                double.Parse(line.Groups["rate"].Value, CultureInfo.InvariantCulture),
                double.Parse(line.Groups["p50"].Value, CultureInfo.InvariantCulture));
        }
    }

    private async Task<string> RunAsync(string module, params string[] arguments)
    {
        await StartAsync("erlc", Path.Combine(sources, $"{module}.erl"));
        return await StartAsync(
            "erl",
            [
                "-noshell", "-sname", $"memento_{module}_{Environment.ProcessId}",
                "-run", module, "main", .. arguments,
            ]);
    }

    private async Task<string> StartAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {output}");
        return output;
    }
}
