using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Cluster;

/// <summary>
/// A PostgreSQL server in a temporary directory, made from the installed programs. It listens on a
/// socket in that directory. A watchdog ends it if this program is killed.
/// </summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private const string User = "memento";

    private readonly string _programs;
    private readonly string? _owner;
    private readonly string _root;
    private readonly string _data;

    private PrivatePostgres(string programs)
    {
        _programs = programs;

        // PostgreSQL does not run as root.
        _owner = !Environment.IsPrivilegedProcess ? null
            : File.ReadLines("/etc/passwd").Any(
                static line => line.StartsWith("postgres:", StringComparison.Ordinal))
            ? "postgres"
            : "nobody";
        _root = Directory.CreateTempSubdirectory("memento-cluster-").FullName;
        _data = Path.Combine(_root, "data");
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = _root,
        Database = "postgres",
        Username = User,
    }.ConnectionString;

    /// <summary>Starts a server; null where none is installed.</summary>
    /// <exception cref="ClusterException">It cannot be started.</exception>
    public static async Task<PrivatePostgres?> TryStartAsync(CancellationToken cancellationToken)
    {
        if (FindPrograms() is not { } programs) return null;

        var server = new PrivatePostgres(programs);
        try
        {
            if (server._owner is { } owner)
                await RunAsync("chown", [owner, server._root], cancellationToken);
            await server.RunAsOwnerAsync(
                "initdb",
                [
                    "-D", server._data, "-A", "trust", "-U", User, "-E", "UTF8", "--locale=C",
                    "--no-sync",
                ],
                cancellationToken);
            await server.RunAsOwnerAsync(
                "pg_ctl",
                [
                    "-D", server._data, "-l", Path.Combine(server._root, "log"), "-w", "-o",
                    $"-k {server._root} -c listen_addresses='' -c max_connections=200", "start",
                ],
                cancellationToken);
            server.Watch();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (File.Exists(Path.Combine(_data, "postmaster.pid")))
        {
            await RunAsOwnerAsync(
                "pg_ctl", ["-D", _data, "-m", "immediate", "-w", "stop"], CancellationToken.None);
        }

        Directory.Delete(_root, recursive: true);
    }

    private static string? FindPrograms()
    {
        if (OperatingSystem.IsWindows()) return null;

        string[] places =
        [
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
            .. Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql")
                    .OrderByDescending(static version => version.Length)
                    .ThenByDescending(static version => version, StringComparer.Ordinal)
                    .Select(static version => Path.Combine(version, "bin"))
                : [],
        ];
        return places.FirstOrDefault(static place
            => File.Exists(Path.Combine(place, "initdb"))
                && File.Exists(Path.Combine(place, "pg_ctl")));
    }

    private Task RunAsOwnerAsync(
        string program, string[] arguments, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_programs, program);
        return _owner is null
            ? RunAsync(path, arguments, cancellationToken)
            : RunAsync("runuser", ["-u", _owner, "--", path, .. arguments], cancellationToken);
    }

    private static async Task RunAsync(
        string program, string[] arguments, CancellationToken cancellationToken)
    {
        // The server inherits what it does not redirect, so its output goes to a file.
        string told = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(
                "/bin/sh",
                ["-c", "\"$@\" >\"$TOLD\" 2>&1 </dev/null", "sh", program, .. arguments])
            {
                WorkingDirectory = "/",
            };
            start.Environment["TOLD"] = told;
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new ClusterException(
                    $"The private PostgreSQL server cannot be used: {program} failed.\n"
                    + await File.ReadAllTextAsync(told, cancellationToken));
            }
        }
        finally
        {
            File.Delete(told);
        }
    }

    private void Watch()
    {
        const string Script =
            """
            exec >/dev/null 2>&1 </dev/null
            trap '' INT
            while kill -0 "$1"; do sleep 1; [ -e "$2/data/postmaster.pid" ] || exit; done
            pid=$(head -n 1 "$2/data/postmaster.pid") && kill -QUIT "$pid"
            sleep 1
            rm -rf "$2"
            """;
        string self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Process.Start("/bin/sh", ["-c", Script, "sh", self, _root]).Dispose();
    }
}
