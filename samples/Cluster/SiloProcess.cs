using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Cluster;

/// <summary>A silo that runs as a process of its own.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource _serving =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Process _process;

    private SiloProcess(SiloPlace address, ProcessStartInfo start)
    {
        Address = address;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data == SiloProgram.Serving) _serving.TrySetResult();
        };
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public SiloPlace Address { get; }

    public int Id => _process.Id;

    /// <summary>Starts a silo, and waits until it serves.</summary>
    /// <exception cref="ClusterException">It has ended, or does not serve.</exception>
    public static async Task<SiloProcess> StartAsync(
        SiloPlace address, Place place, CancellationToken cancellationToken)
    {
        // Where the program was started by the dotnet program, that starts the silo too.
        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isHost ? [OwnAssembly] : [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(SiloProgram.Command);
        start.ArgumentList.Add(address.Name);
        start.ArgumentList.Add(address.SiloPort.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(address.GatewayPort.ToString(CultureInfo.InvariantCulture));
        place.AddTo(start.Environment);
        var silo = new SiloProcess(address, start);
        try
        {
            Task ended = silo._process.WaitForExitAsync(cancellationToken);
            Task first = await Task.WhenAny(silo._serving.Task, ended)
                .WaitAsync(LongestStart, cancellationToken);
            if (first == ended) throw silo.Failed("ended while it started");
            return silo;
        }
        catch (TimeoutException)
        {
            await silo.DisposeAsync();
            throw silo.Failed($"does not serve after {LongestStart}");
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it with SIGKILL: no code of the process runs after it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Lets it hand its partitions over and end.</summary>
    /// <exception cref="ClusterException">It has failed, or does not end.</exception>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(LongestStop);
        }
        catch (TimeoutException)
        {
            throw Failed($"has not stopped after {LongestStop}");
        }

        if (_process.ExitCode != 0) throw Failed($"ended with exit code {_process.ExitCode}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private static string OwnAssembly => Assembly.GetExecutingAssembly().Location;

    private ClusterException Failed(string how)
        => new($"{Address.Name} {how}.\n{string.Join('\n', _said)}");

    private void Keep(string? line)
    {
        const int MostLines = 20;
        if (line is null) return;
        _said.Enqueue(line);
        while (_said.Count > MostLines) _said.TryDequeue(out _);
    }
}

/// <summary>A silo of the demonstration: its name, and where it listens.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SiloPort">The port for other silos.</param>
/// <param name="GatewayPort">The port for clients.</param>
internal sealed record SiloPlace(string Name, int SiloPort, int GatewayPort)
{
    /// <summary>Finds free ports for silos.</summary>
    public static IReadOnlyList<SiloPlace> Find(int count)
    {
        // All are held until all are known, or two could be one.
        List<TcpListener> held = [];
        for (int i = 0; i < 2 * count; i++)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            held.Add(listener);
        }

        int[] ports = [.. held.Select(
            static each => ((IPEndPoint)each.LocalEndpoint).Port)];
        held.ForEach(static each => each.Dispose());
        return
        [
            .. Enumerable.Range(0, count).Select(number => new SiloPlace(
                $"silo-{number + 1}", ports[2 * number], ports[(2 * number) + 1])),
        ];
    }
}
