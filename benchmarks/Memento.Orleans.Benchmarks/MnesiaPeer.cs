using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Memento.Benchmarks;

/// <summary>Runs mnesia_peer.erl, where Erlang is installed, for the numbers to compare with.</summary>
internal sealed partial class MnesiaPeer(string source, string directory)
{
    private readonly Dictionary<(string Storage, string Workload, int Workers), double> _results = [];

    /// <summary>Whether it can run here, and if not why.</summary>
    public string? Problem { get; private set; }

    public double? Find(string storage, string workload, int workers)
        => _results.TryGetValue((storage, workload, workers), out double result) ? result : null;

    /// <summary>Runs the same workloads as will be run here.</summary>
    public async Task RunAsync(
        string storage, IEnumerable<Workload> workloads, IEnumerable<int> workers, TimeSpan duration)
    {
        if (Problem is not null) return;
        string table = storage == "ram" ? "ram1" : "disc1";
        try
        {
            await RunAsync("erlc", source);
            string output = await RunAsync(
                "erl", "-noshell", "-sname", $"memento_peer_{Environment.ProcessId}",
                "-run", "mnesia_peer", "main",
                Math.Max(1, (int)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture),
                table,
                string.Join(',', workloads.Select(static workload => workload.Name)),
                string.Join(',', workers));
            foreach (Match line in Line().Matches(output))
            {
                _results[(
                    storage,
                    line.Groups["workload"].Value,
                    int.Parse(line.Groups["workers"].Value, CultureInfo.InvariantCulture))] =
                    double.Parse(line.Groups["rate"].Value, CultureInfo.InvariantCulture);
            }

            if (_results.Count == 0) Problem = $"it printed no results: {output}";
        }
        catch (Exception exception)
            when (exception is Win32Exception or InvalidOperationException)
        {
            Problem = exception.Message;
        }
    }

    [GeneratedRegex(
        @"^(?<workload>\w+)\s+\w+\s+replicas=1\s+workers=(?<workers>\d+)\s+(?<rate>\d+) ops/s",
        RegexOptions.Multiline)]
    private static partial Regex Line();

    private async Task<string> RunAsync(string program, params string[] arguments)
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
