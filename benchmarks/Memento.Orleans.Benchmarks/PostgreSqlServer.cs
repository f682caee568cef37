using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Memento.Benchmarks;

/// <summary>
/// A PostgreSQL server with the table: one that is there, or a private one that is made from the
/// installed programs, fsyncs, and is removed afterwards. A schema of our own is made for each use.
/// </summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    public const string Schema = "memento_benchmark";

    private readonly string? _data;

    private PostgreSqlServer(string connectionString, string? data)
    {
        ConnectionString = connectionString;
        _data = data;
    }

    public string ConnectionString { get; }

    /// <summary>Uses a server that is there, without what an earlier run has left.</summary>
    public static async Task<PostgreSqlServer> ConnectAsync(string connectionString)
    {
        var server = new PostgreSqlServer(connectionString, data: null);
        await server.DropAsync();
        return server;
    }

    /// <summary>The server of another process, which has started it or cleared it.</summary>
    public static PostgreSqlServer Of(string connectionString)
        => new(connectionString, data: null);

    /// <summary>Starts a private server on TCP loopback, as its package configures it.</summary>
    public static async Task<PostgreSqlServer> StartAsync(string directory)
    {
        string data = Path.Combine(directory, "postgresql");
        Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", data);
        await RunAsServerAsync(
            "initdb", "-D", data, "-A", "trust", "-U", "memento", "-E", "UTF8", "--locale=C");
        int port = FreePorts.Find(1)[0];
        await RunAsServerAsync(
            "pg_ctl", "-D", data, "-l", Path.Combine(data, "log"), "-w", "-o",
            $"-k {data} -c listen_addresses=127.0.0.1 -p {port}", "start");
        return new PostgreSqlServer(
            $"Host=127.0.0.1;Port={port};Database=postgres;Username=memento", data);
    }

    public async ValueTask DisposeAsync()
    {
        if (_data is null)
            await DropAsync();
        else
            await RunAsServerAsync("pg_ctl", "-D", _data, "-m", "fast", "-w", "stop");
    }

    private async Task DropAsync()
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using NpgsqlCommand drop = source.CreateCommand(
            $"DROP SCHEMA IF EXISTS {Schema} CASCADE");
        await drop.ExecuteNonQueryAsync();
    }

    /// <summary>PostgreSQL does not run as root.</summary>
    private static Task RunAsServerAsync(string program, params string[] arguments)
    {
        string path = Path.Combine(FindPrograms(), program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static string FindPrograms()
    {
        const string packages = "/usr/lib/postgresql";
        IEnumerable<string> places = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator);
        if (Directory.Exists(packages))
        {
            places = places.Concat(Directory.GetDirectories(packages)
                .OrderByDescending(static version => int.Parse(
                    Path.GetFileName(version), CultureInfo.InvariantCulture))
                .Select(static version => Path.Combine(version, "bin")));
        }

        return places.FirstOrDefault(static place => File.Exists(Path.Combine(place, "initdb")))
            ?? throw new InvalidOperationException(
                "No PostgreSQL server is installed here (initdb). Install one, or name one that "
                + "runs with --postgresql \"Host=…\".");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server inherits what is redirected, and would keep a pipe open.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (string argument in (string[])
            ["-c", "exec \"$@\" >/dev/null </dev/null", "sh", program, .. arguments])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
