using System.Diagnostics;
using System.Globalization;
using Memento.CrashChild;

namespace Memento.Tests.Crash;

/// <summary>The child: a silo under load in a process of its own.</summary>
internal sealed class CrashProcess : IDisposable
{
    /// <summary>A child that says nothing for so long is stuck.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);

    private readonly Process _process;

    public CrashProcess(
        string storage,
        string place,
        int round,
        int seed,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        // The child's program lies beside the tests, because they refer to its project.
        string program = Path.Combine(
            AppContext.BaseDirectory, typeof(CrashTables).Assembly.GetName().Name + ".dll");
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] arguments =
        [
            program,
            storage,
            place,
            round.ToString(CultureInfo.InvariantCulture),
            seed.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(host, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        Errors = _process.StandardError.ReadToEndAsync();
    }

    public Task<string> Errors { get; }

    public int Id => _process.Id;

    /// <summary>Says a line to it.</summary>
    public async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The next line that it says.</summary>
    public async Task<string> HearAsync()
    {
        using var patience = new CancellationTokenSource(LongestWait);
        string? line = await _process.StandardOutput.ReadLineAsync(patience.Token);
        if (line is null) Assert.Fail($"The child ended by itself: {await Errors}");
        return line;
    }

    /// <summary>Kills it when it has said this many lines, and gives all that it said.</summary>
    public async Task<List<string>> KillAfterAsync(int lines)
    {
        using var patience = new CancellationTokenSource(LongestWait);
        var said = new List<string>();
        while (said.Count < lines)
        {
            string? line = await _process.StandardOutput.ReadLineAsync(patience.Token);
            if (line is null) Assert.Fail($"The child ended by itself: {await Errors}");
            said.Add(line);
        }

        // SIGKILL: no code of the process runs after it. Data in the operating system's page cache
        // stays; PowerLossTests takes it.
        _process.Kill();
        string rest = await _process.StandardOutput.ReadToEndAsync(patience.Token);
        await _process.WaitForExitAsync(patience.Token);

        // The text after the last line feed is a line that was cut off.
        string[] whole = rest.Split('\n');
        said.AddRange(whole[..^1].Select(static line => line.TrimEnd('\r')));
        return said;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
