using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Memento.Tests.GrainStorages;

/// <summary>
/// A private Redis server on a loopback port, one for the test process or for a test. Every write
/// is on the disk before it is answered (appendfsync always). A watchdog stops it and removes its
/// directory when the test process has ended, however it ended.
/// </summary>
/// <remarks>
/// MEMENTO_REDIS_BIN names the directory of the program; otherwise it is looked for on the path.
/// </remarks>
internal sealed class RedisServer
{
    private const int Attempts = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly Lazy<RedisServer> One = new(static () => new RedisServer());

    private RedisServer()
    {
        string root = Directory.CreateTempSubdirectory("memento-redis-").FullName;
        for (int attempt = 1; ; attempt++)
        {
            int port = FindFreePort();
            ConnectionString = $"127.0.0.1:{port},connectTimeout=10000,syncTimeout=30000";
            using Process watchdog = Start(root, port);
            if (WaitUntilItAnswers(watchdog)) return;

            Assert.True(attempt < Attempts, "The Redis server ended as soon as it was started.");
        }
    }

    /// <summary>Whether a server is installed.</summary>
    public static bool IsThere => Find() is not null;

    public string ConnectionString { get; }

    /// <summary>
    /// The server, started with the first call; skips the test where there is none.
    /// </summary>
    public static RedisServer Require()
    {
        Assert.SkipWhen(
            !IsThere, "No Redis server is installed here (redis-server): this is not tested.");
        return One.Value;
    }

    /// <summary>A server of the test's own.</summary>
    public static RedisServer StartAnother()
    {
        Require();
        return new RedisServer();
    }

    /// <summary>
    /// Whether it answers; false if it has ended, since another program has taken the port.
    /// </summary>
    private bool WaitUntilItAnswers(Process watchdog)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using ConnectionMultiplexer connection =
                    ConnectionMultiplexer.Connect(ConnectionString);
                connection.GetDatabase().Ping();
                return true;
            }
            catch (RedisConnectionException) when (Stopwatch.GetElapsedTime(began) < Patience)
            {
                // It is still starting, which takes seconds on a busy machine.
                if (watchdog.WaitForExit(TimeSpan.FromMilliseconds(100))) return false;
            }
        }
    }

    private static string? Find()
    {
        string[] places = Environment.GetEnvironmentVariable("MEMENTO_REDIS_BIN") is { } named
            ? [named]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return places.Select(static place => Path.Combine(place, "redis-server"))
            .FirstOrDefault(File.Exists);
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(string root, int port)
    {
        // In a session of its own: what ends the group of the tests must not end it too.
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = "/" };
        foreach (string argument in (string[])
            [
                "/bin/sh", "-c",
                """
                exec >/dev/null 2>&1 </dev/null
                "$1" --bind 127.0.0.1 --port "$3" --dir "$2" --daemonize no --save '' \
                    --appendonly yes --appendfsync always &
                server=$!
                while kill -0 "$4" && kill -0 "$server"; do sleep 1; done
                kill -0 "$4" && exit
                kill -KILL "$server"
                rm -rf "$2"
                """,
                "sh",
                Find()!,
                root,
                port.ToString(CultureInfo.InvariantCulture),
                Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
