using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Memento.Tests.Conformance;
using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>
/// A private PgBouncer before a server; a test is skipped where it is not installed.
/// </summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private static readonly string[] Places =
    [
        "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer",
        "/opt/homebrew/bin/pgbouncer",
    ];

    private readonly Process _process;
    private readonly int _port;

    private PgBouncer(Process process, int port)
    {
        _process = process;
        _port = port;
    }

    public static async Task<PgBouncer> StartAsync(PostgresServer server, string mode)
    {
        string? program = Places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "PgBouncer is not installed here: this is not tested.");
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();

        // In the server's directory, which belongs to the user that it runs as.
        string settings = Path.Combine(server.Root, $"pgbouncer-{port}");
        await File.WriteAllTextAsync(settings + ".users", $"\"{PostgresServer.Superuser}\" \"\"\n");
        await File.WriteAllTextAsync(
            settings + ".ini",
            $"""
            [databases]
            * = host={server.Root}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {settings}.users
            pool_mode = {mode}
            """);
        var bouncer = new PgBouncer(server.StartAsOwner(program!, "-q", settings + ".ini"), port);
        await Waiting.UntilAsync(
            async () => await Record.ExceptionAsync(bouncer.TryConnectAsync) is null,
            "PgBouncer takes connections");
        return bouncer;
    }

    /// <summary>The connection string, with the pooler in the place of the server.</summary>
    public string ConnectionString(string direct) => new NpgsqlConnectionStringBuilder(direct)
    {
        Host = "127.0.0.1",
        Port = _port,
        SslMode = SslMode.Disable,
    }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task TryConnectAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
    }
}
