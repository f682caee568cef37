using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Memento.Benchmarks.Clusters;

/// <summary>A process of this program that is a silo.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private SiloProcess(Process process) => _process = process;

    public static SiloProcess Start()
    {
        // Where the program was started by the dotnet program, that starts the silo too.
        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(
            program, isHost ? [Assembly.GetExecutingAssembly().Location] : [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(SiloProgram.Command);
        return new SiloProcess(Process.Start(start)!);
    }

    /// <summary>Lets the silo do something, and waits for its answer.</summary>
    /// <exception cref="InvalidOperationException">It has ended instead.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(SiloOrder order)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("A silo has ended; its errors are above.");
        return JsonSerializer.Deserialize<TAnswer>(line)!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(LongestStop);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await Console.Error.WriteLineAsync($"A silo has not stopped after {LongestStop}.");
        }

        _process.Dispose();
    }
}
