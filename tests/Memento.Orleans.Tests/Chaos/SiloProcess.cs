using System.Diagnostics;
using System.Globalization;
using System.Text;
using Memento.CrashChild;

namespace Memento.Tests.Chaos;

/// <summary>A silo of a cluster, in a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private bool _mayBeTakenForDead;

    private SiloProcess(Process process, int port)
    {
        _process = process;
        Port = port;
        _errors = ReadErrorsAsync();
    }

    public int Id => _process.Id;

    /// <summary>The port by which other silos know it.</summary>
    public int Port { get; }

    /// <summary>Starts a silo, and waits until it serves.</summary>
    public static async Task<SiloProcess> StartAsync(
        string storage, string place, int port, int gatewayPort, int listeningPort)
    {
        string program = Path.Combine(
            AppContext.BaseDirectory, typeof(ClusterSilo).Assembly.GetName().Name + ".dll");
        string[] arguments =
        [
            program,
            ClusterSilo.Mode,
            storage,
            place,
            port.ToString(CultureInfo.InvariantCulture),
            gatewayPort.ToString(CultureInfo.InvariantCulture),
            listeningPort.ToString(CultureInfo.InvariantCulture),
        ];
        var silo = new SiloProcess(Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!, port);
        using var patience = new CancellationTokenSource(Patience);
        string? line = await silo._process.StandardOutput.ReadLineAsync(patience.Token);
        if (line == "ready") return silo;

        silo.Dispose();
        throw new InvalidOperationException(
            $"A silo did not start, and said '{line}': {await silo._errors}");
    }

    /// <summary>
    /// Reads what it says of its errors, and keeps it in a file of the folder that
    /// MEMENTO_CHAOS_LOGS names.
    /// </summary>
    private async Task<string> ReadErrorsAsync()
    {
        if (Environment.GetEnvironmentVariable("MEMENTO_CHAOS_LOGS") is not { Length: > 0 } folder)
            return await _process.StandardError.ReadToEndAsync();

        var all = new StringBuilder();
        await using var file = new StreamWriter(Path.Combine(folder, $"{Id}-{Port}.log"))
        {
            AutoFlush = true,
        };
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            all.AppendLine(line);
            await file.WriteLineAsync(line);
        }

        return all.ToString();
    }

    /// <summary>No code of it runs after this.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
    }

    /// <summary>
    /// Stops it as a deployment does. One that the others have missed may hear meanwhile that it
    /// was declared dead, and ends itself.
    /// </summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        Assert.True(
            _mayBeTakenForDead || _process.ExitCode == 0,
            $"It ended with {_process.ExitCode}: {await _errors}");
    }

    /// <summary>Whether it has ended, as a silo does that the others have declared dead.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>What it has said of its errors, after its end.</summary>
    public Task<string> SaidAsync() => _errors;

    /// <summary>Sends it a signal, unless it has ended.</summary>
    public void Signal(string signal)
    {
        if (HasEnded) return;

        MayBeTakenForDead();
        using Process kill = Process.Start("kill", $"-{signal} {Id}");
        kill.WaitForExit();
        Assert.True(kill.ExitCode == 0 || HasEnded, $"kill ended with {kill.ExitCode}.");
    }

    /// <summary>The others miss it for a while.</summary>
    public void MayBeTakenForDead() => _mayBeTakenForDead = true;

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
