using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Memento.Benchmarks;

/// <summary>
/// A private Redis server with the table, made from the installed program, which has every write on
/// the disk before it answers.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;

    private RedisServer(Process process, string connectionString)
    {
        _process = process;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    public static async Task<RedisServer> StartAsync(string directory)
    {
        int port = FreePorts.Find(1)[0];
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true };
        foreach (string argument in (string[])
            [
                "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture),
                "--dir", directory, "--save", "", "--appendonly", "yes",
                "--appendfsync", "always",
            ])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        string connectionString = $"127.0.0.1:{port},connectRetry=20";
        await using ConnectionMultiplexer connection =
            await ConnectionMultiplexer.ConnectAsync(connectionString);
        await connection.GetDatabase().PingAsync();
        return new RedisServer(process, connectionString);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
