using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>
/// A private PostgreSQL server, made from the installed programs, one for the test process. It
/// listens on a socket in its own directory. A watchdog stops it and removes the directory when the
/// test process has ended, however it ended.
/// </summary>
/// <remarks>
/// Without fsync, because most tests are not about a power loss; MEMENTO_POSTGRES_SETTINGS gives
/// other settings, such as <c>-c fsync=on</c>. MEMENTO_POSTGRES_BIN names the directory of the
/// programs; otherwise they are looked for on the path and where Debian has them.
/// </remarks>
internal sealed class PostgresServer
{
    public const string Superuser = "memento";

    /// <summary>The only role that has to give its password.</summary>
    public const string RoleWithPassword = "guarded";

    private const string Settings =
        "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=300 "
        + "-c shared_buffers=64MB -c password_encryption=scram-sha-256";

    private static readonly Lazy<PostgresServer> One = new(static () => new PostgresServer());

    private readonly string _programs;
    private readonly string? _user;

    private PostgresServer() : this(Find()!, null, [])
    {
    }

    private PostgresServer(string programs, string? disk, string[] options)
    {
        _programs = programs;
        _user = Environment.IsPrivilegedProcess ? FindUser() : null;
        Root = Directory.CreateTempSubdirectory("memento-pg-").FullName;
        Data = Path.Combine(disk ?? Root, "data");
        if (_user is not null) Run("chown", [_user, Root, .. disk is null ? [] : (string[])[disk]]);
        RunAsOwner(
            "initdb",
            [
                "-D", Data, "-A", "trust", "-U", Superuser, "-E", "UTF8", "--locale=C", "--no-sync",
                .. options,
            ]);
        string access = Path.Combine(Data, "pg_hba.conf");
        File.WriteAllText(
            access,
            $"local all {RoleWithPassword} scram-sha-256\n{File.ReadAllText(access)}");
        Start();
        Watch();
    }

    /// <summary>Whether a server is installed.</summary>
    public static bool IsThere => Find() is not null;

    /// <summary>The directory of the socket, which is the host of a connection.</summary>
    public string Root { get; }

    private string Data { get; }


    /// <summary>
    /// The server, started with the first call; skips the test where there is none.
    /// </summary>
    public static PostgresServer Require()
    {
        Assert.SkipWhen(
            !IsThere,
            "No PostgreSQL server is installed here (initdb and pg_ctl): this is not tested.");
        return One.Value;
    }

    /// <summary>A server of the test's own, which it may stop.</summary>
    public static PostgresServer StartAnother()
    {
        Require();
        return new PostgresServer();
    }

    /// <summary>
    /// A server of the test's own, with its data on a disk that may become full, and its log on
    /// that disk too or elsewhere.
    /// </summary>
    public static PostgresServer StartOn(string disk, bool hasLog)
    {
        PostgresServer other = Require();
        string log = Path.Combine(other.Root, $"log-{Guid.NewGuid():N}");
        return new PostgresServer(
            other._programs, disk, ["--wal-segsize=1", .. hasLog ? [] : (string[])["-X", log]]);
    }

    public string ConnectionString(string database, string user = Superuser)
        => new NpgsqlConnectionStringBuilder
        {
            Host = Root,
            Database = database,
            Username = user,
        }.ConnectionString;

    /// <summary>Runs a statement; connects for it alone.</summary>
    public object? Execute(string text, string database = "postgres")
    {
        using var connection = new NpgsqlConnection(
            $"{ConnectionString(database)};Pooling=False");
        connection.Open();
        using var command = new NpgsqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    public void Start() => Start("");

    /// <summary>Starts it with more settings.</summary>
    public void Start(string settings) => RunAsOwner("pg_ctl", StartArguments(settings));

    /// <summary>Starts it; false where it runs, or cannot.</summary>
    public bool TryStart() => TryRunAsOwner(out _, "pg_ctl", StartArguments(""));

    /// <summary>Starts it as a standby, which can be read and not written.</summary>
    public void StartAsStandby()
    {
        File.WriteAllText(Path.Combine(Data, "standby.signal"), "");
        Start();
    }

    /// <summary>Stops it as a crash does, without a checkpoint.</summary>
    public void Crash() => RunAsOwner("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    /// <summary>Crashes it if it runs.</summary>
    public void End() => TryRunAsOwner(
        out _, "pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    /// <summary>Makes a file one of the server's own, which others cannot read.</summary>
    public void Own(string file)
    {
        if (_user is not null) Run("chown", _user, file);
        Run("chmod", "600", file);
    }

    /// <summary>Starts another program as the user that the server runs as.</summary>
    public Process StartAsOwner(string program, params string[] arguments)
        => Process.Start(new ProcessStartInfo(
            _user is null ? program : "runuser",
            _user is null ? arguments : ["-u", _user, "--", program, .. arguments])
        {
            WorkingDirectory = "/",
        })!;

    private static string? Find()
    {
        string[] places = Environment.GetEnvironmentVariable("MEMENTO_POSTGRES_BIN") is { } named
            ? [named]
            :
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

    /// <summary>PostgreSQL does not run as root.</summary>
    private static string FindUser()
        => File.ReadLines("/etc/passwd").Any(
            static line => line.StartsWith("postgres:", StringComparison.Ordinal))
            ? "postgres"
            : "nobody";

    private string[] StartArguments(string settings) =>
    [
        "-D", Data, "-l", Path.Combine(Root, "log"), "-w", "-o",
        $"-k {Root} {Settings} {Environment.GetEnvironmentVariable("MEMENTO_POSTGRES_SETTINGS")} "
            + settings,
        "start",
    ];

    private void RunAsOwner(string program, params string[] arguments)
        => Assert.True(
            TryRunAsOwner(out string told, program, arguments),
            $"{program} {string.Join(' ', arguments)}: {told}");

    private bool TryRunAsOwner(out string told, string program, params string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        return _user is null
            ? TryRun(out told, path, arguments)
            : TryRun(out told, "runuser", ["-u", _user, "--", path, .. arguments]);
    }

    private static void Run(string program, params string[] arguments)
        => Assert.True(
            TryRun(out string told, program, arguments),
            $"{program} {string.Join(' ', arguments)}: {told}");

    private static bool TryRun(out string output, string program, params string[] arguments)
    {
        // The server inherits what it does not redirect, so nothing is read from it here.
        string told = Path.Combine(Path.GetTempPath(), $"memento-pg-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (string argument in (string[])
            ["-c", "\"$@\" >\"$TOLD\" 2>&1 </dev/null", "sh", program, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["TOLD"] = told;
        try
        {
            using Process process = Process.Start(start)
                ?? throw new Win32Exception($"{program} was not started.");
            process.WaitForExit();
            output = File.ReadAllText(told);
            return process.ExitCode == 0;
        }
        finally
        {
            File.Delete(told);
        }
    }

    private void Watch()
    {
        // In a session of its own: what ends the group of the tests must not end it too.
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = "/" };
        foreach (string argument in (string[])
            [
                "/bin/sh", "-c",
                """
                exec >/dev/null 2>&1 </dev/null
                while kill -0 "$1"; do sleep 1; done
                pid=$(head -n 1 "$3/postmaster.pid") && kill -QUIT "$pid"
                sleep 1
                rm -rf "$2" "$3"
                """,
                "sh",
                Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                Root,
                Data,
            ])
            start.ArgumentList.Add(argument);
        Process.Start(start)?.Dispose();
    }
}
