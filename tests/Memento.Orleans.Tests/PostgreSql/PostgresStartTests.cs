using System.Net;
using System.Net.Sockets;
using Memento.Storage.PostgreSql;
using Memento.Tests.Compliance;
using Memento.Tests.Faults;
using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>
/// A silo whose database cannot be used does not start. It says in one sentence which server it is
/// and what to do.
/// </summary>
public sealed class PostgresStartTests : IAsyncLifetime
{
    private readonly PostgresServer _server = PostgresServer.Require();
    private readonly PostgresUnderTest _place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public void A_server_is_given_less_than_ten_seconds_to_answer()
        => Assert.InRange(
            PostgreSqlSettings.ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9));

    [Theory]
    [InlineData("", 7)]
    [InlineData(";Timeout=3", 3)]
    public void Npgsql_gives_it_no_more_than_that_unless_the_connection_string_says_so(
        string more, int seconds)
    {
        using var settings = PostgreSqlSettings.From($"Host=db{more}", new PostgreSqlOptions());

        Assert.Equal(
            seconds, new NpgsqlConnectionStringBuilder(settings.Source.ConnectionString).Timeout);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_told()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await DoesNotStartAsync(
            $"Host=127.0.0.1;Port={port};Database=movies;Username=a",
            $"PostgreSQL 127.0.0.1:{port}/movies",
            "Check that the server runs");
    }

    [Fact]
    public async Task A_server_that_takes_the_connection_and_never_answers_is_told()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await DoesNotStartAsync(
            $"Host=127.0.0.1;Port={port};Database=movies;Username=a",
            $"PostgreSQL 127.0.0.1:{port}/movies",
            "did not answer in time");
    }

    [Fact]
    public async Task A_server_whose_packets_are_lost_is_told()
    {
        // Linux drops what asks for a connection while the queue of a listener is full.
        using var full = new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(1);
        List<Socket> waiting = [];
        try
        {
            bool isDropped = false;
            while (!isDropped)
            {
                Assert.True(waiting.Count < 100, "The queue never became full.");
                var next = new Socket(
                    AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                waiting.Add(next);
                Task connecting = next.ConnectAsync(full.LocalEndPoint!, Token).AsTask();
                isDropped = await Task.WhenAny(
                    connecting, Task.Delay(TimeSpan.FromMilliseconds(300), Token)) != connecting;
            }

            int port = ((IPEndPoint)full.LocalEndPoint!).Port;
            await DoesNotStartAsync(
                $"Host=127.0.0.1;Port={port};Database=movies;Username=a",
                $"PostgreSQL 127.0.0.1:{port}/movies",
                "did not answer in time");
        }
        finally
        {
            foreach (Socket socket in waiting)
                socket.Dispose();
        }
    }

    [Fact]
    public async Task A_missing_database_is_told()
        => await DoesNotStartAsync(
            _server.ConnectionString("missing"), "/missing", "no such database", "CREATE DATABASE");

    [Fact]
    public async Task A_wrong_password_is_told_and_the_right_one_works()
    {
        string role = PostgresServer.RoleWithPassword;
        _place.Execute(
            $"""
            DO $$ BEGIN
                IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
                    CREATE ROLE {role} LOGIN PASSWORD 'right';
                END IF;
                EXECUTE format('GRANT CREATE ON DATABASE %I TO {role}', current_database());
            END $$
            """);
        string wrong = As(role) + ";Password=wrong";
        string said = await DoesNotStartAsync(wrong, "refused the user or the password");
        Assert.DoesNotContain("wrong", said, StringComparison.Ordinal);

        await using (var storage = new PostgreSqlJournalStorage(As(role) + ";Password=right"))
            await storage.OpenAsync(Token);
        _place.Execute($"DROP OWNED BY {role} CASCADE");
    }

    [Fact]
    public async Task A_missing_right_to_make_the_schema_is_told()
        => await DoesNotStartAsync(
            As(NewRole()), "lacks a right", "GRANT CREATE ON DATABASE");

    [Fact]
    public async Task A_missing_right_to_write_the_tables_of_the_store_is_told()
    {
        await using (var storage = _place.Create())
            await storage.OpenAsync(Token);
        string role = NewRole();
        _place.Execute(
            $"GRANT USAGE ON SCHEMA memento TO {role}; "
            + $"GRANT SELECT ON ALL TABLES IN SCHEMA memento TO {role}");

        await DoesNotStartAsync(As(role), "lacks a right", "owner of the schema", "memento_writer");
    }

    [Fact]
    public async Task A_missing_right_to_write_one_table_fails_its_transactions_and_no_others()
    {
        await using var storage = _place.Create();
        StorageScene scene = await StorageScene.OpenAsync(storage);
        string role = NewRole();
        _place.Execute(
            $"""
            GRANT USAGE ON SCHEMA memento TO {role};
            GRANT ALL ON ALL TABLES IN SCHEMA memento TO {role};
            REVOKE INSERT ON memento.t FROM {role};
            """);
        await using var lesser = new PostgreSqlJournalStorage(As(role));
        await lesser.OpenAsync(Token);
        var other = new StorageScene(lesser);
        await other.OwnAsync();

        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => other.WriteAsync(StorageScene.Row(1, "a")));
        Assert.Contains("lacks a right", refused.Message, StringComparison.Ordinal);
        Assert.Contains("table t", refused.Message, StringComparison.Ordinal);

        _place.Execute($"GRANT INSERT ON memento.t TO {role}");
        await other.WriteAsync(StorageScene.Row(1, "a"));
        Assert.Equal(["1=a"], await scene.RowsAsync());
    }

    [Fact]
    public async Task A_server_that_is_set_read_only_is_told_at_the_start_and_in_the_middle()
    {
        await using var storage = _place.Create();
        StorageScene scene = await StorageScene.OpenAsync(storage);
        await scene.WriteAsync(StorageScene.Row(1, "a"));
        Set("on");
        _place.Cut();

        await DoesNotStartAsync(_place.ConnectionString, "read-only", "primary");
        // The first one may find the connection broken.
        string[] told = [await WriteAsync(), await WriteAsync()];
        Assert.Contains(told, static each => each.Contains("read-only", StringComparison.Ordinal));

        Set("off");
        await scene.WriteAsync(StorageScene.Row(2, "b"));
        Assert.Equal(["1=a", "2=b"], await scene.RowsAsync());

        void Set(string value) => _server.Execute(
            $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(_place.ConnectionString).Database} "
            + $"SET default_transaction_read_only = {value}");

        async Task<string> WriteAsync() => (await Record.ExceptionAsync(
            () => scene.WriteAsync(StorageScene.Row(2, "refused"))))!.Message;
    }

    [Fact]
    public async Task A_schema_of_a_newer_version_is_told()
    {
        await using (var storage = _place.Create())
            await storage.OpenAsync(Token);
        _place.Execute("UPDATE memento.memento_store SET version = 1000");

        await DoesNotStartAsync(
            _place.ConnectionString, "newer version of Memento.Orleans", "schema 1000");
    }

    private string NewRole()
    {
        string role = $"role_{Guid.NewGuid():N}";
        _place.Execute($"CREATE ROLE {role} LOGIN");
        return role;
    }

    private string As(string role) => new NpgsqlConnectionStringBuilder(_place.ConnectionString)
    {
        Username = role,
    }.ConnectionString;

    /// <summary>What the silo says, which is one line.</summary>
    private static async Task<string> DoesNotStartAsync(
        string connectionString, params string[] words)
    {
        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => MementoHost.StartAsync(memento => memento
                .UsePostgreSql(connectionString).AddTable<DiskAccount>())
                .WaitAsync(FaultyStore.LongestWait));
        Assert.All(
            words,
            word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("\n", refused.Message, StringComparison.Ordinal);
        return refused.Message;
    }
}
