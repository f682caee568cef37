using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Memento.Tests.Samples;

/// <summary>A program of this repository that runs as a process of its own.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    /// <summary>How long anything may take on a busy machine before the test fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly LineLog _output = new();
    private readonly LineLog _errors = new();

    private ChildProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _errors.Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => _output.ToString();

    public string Errors => _errors.ToString();

    /// <param name="name">The assembly metadata that names the program.</param>
    /// <param name="folder">The directory in which it runs.</param>
    /// <param name="environment">The variables of its environment.</param>
    /// <param name="arguments">Its command line.</param>
    public static ChildProgram Start(
        string name,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null,
        params IEnumerable<string> arguments)
    {
        string path = typeof(ChildProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(each => each.Key == name).Value!;
        return Start(folder, environment, [Path.GetFullPath(path), .. arguments]);
    }

    /// <summary>Starts the dotnet program itself.</summary>
    /// <param name="folder">The directory in which it runs.</param>
    /// <param name="arguments">Its command line.</param>
    public static ChildProgram StartDotnet(string folder, params IEnumerable<string> arguments)
        => Start(folder, environment: null, arguments);

    /// <summary>Starts the dotnet program itself.</summary>
    /// <param name="folder">The directory in which it runs.</param>
    /// <param name="environment">The variables of its environment.</param>
    /// <param name="arguments">Its command line.</param>
    public static ChildProgram StartDotnet(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        params IEnumerable<string> arguments)
        => Start(folder, environment, arguments);

    /// <summary>Waits for its end and gives its exit code.</summary>
    /// <param name="patience">How long, where a program may take longer than most.</param>
    public async Task<int> WaitForEndAsync(TimeSpan? patience = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(patience ?? Patience);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It did not end.\n{Output}\n{Errors}");
        }
    }

    /// <summary>Waits until it has said something on its output.</summary>
    public async Task WaitForAsync(string text)
    {
        Task said = _output.WaitForAsync(text);
        Task ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(said, ended).WaitAsync(Patience) != said && !said.IsCompleted)
            Assert.Fail($"It ended without saying '{text}'.\n{Output}\n{Errors}");
    }

    /// <summary>Asks it to end, as a service manager or a container does.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>Asks it to end, as Ctrl+C does in a terminal.</summary>
    public Task InterruptAsync() => SignalAsync("INT");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static ChildProgram Start(
        string folder,
        IReadOnlyDictionary<string, string>? environment,
        IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string key, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        return new ChildProgram(new Process { StartInfo = start });
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start(
            "kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
