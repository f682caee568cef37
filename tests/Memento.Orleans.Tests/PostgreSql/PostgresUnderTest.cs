using Memento.Storage;
using Memento.Storage.PostgreSql;
using Memento.Tests.Compliance;
using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>PostgreSQL, with a database of its own.</summary>
public sealed class PostgresUnderTest : StorageUnderTest
{
    private readonly PostgresServer _server = PostgresServer.Require();
    private readonly string _database = $"test_{Guid.NewGuid():N}";

    public PostgresUnderTest() => _server.Execute($"CREATE DATABASE {_database}");

    public override bool IsShared => true;

    public string ConnectionString => _server.ConnectionString(_database);

    public override IJournalStorage Create() => new PostgreSqlJournalStorage(ConnectionString);

    public override void Use(IMementoBuilder memento) => memento.UsePostgreSql(ConnectionString);

    /// <summary>Runs a statement in the database, on a connection for it alone.</summary>
    public object? Execute(string text) => _server.Execute(text, _database);

    /// <summary>Cuts the connections to the database.</summary>
    public void Cut() => _server.Execute(
        $"""
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = '{_database}'
        """);

    /// <summary>
    /// A process that ends leaves the server what it has sent. In the commit, its connection is cut
    /// while the server commits.
    /// </summary>
    public override async Task CrashAsync(
        IJournalStorage storage, CrashPoint point, Func<Task> change)
    {
        PostgreSqlWriter writer = ((PostgreSqlJournalStorage)storage).Writer;
        writer.CommitForTests = async commit =>
        {
            if (point is CrashPoint.AfterCommit or CrashPoint.After) await commit();
            if (point == CrashPoint.After) return;
            if (point == CrashPoint.InCommit)
            {
                Task committing = commit();
                Cut();
                await Record.ExceptionAsync(() => committing);
            }

            // What follows a lost answer is not there any more either.
            writer.CommitForTests = static _ => throw Lost();
            throw Lost();
        };
        if (point != CrashPoint.Before)
        {
            Exception? end = await Record.ExceptionAsync(change);
            Assert.Equal(
                point == CrashPoint.After, end is not (StorageException or BatchInDoubtException));
        }

        await storage.DisposeAsync();
    }

    public override IDisposable LoseCommits(IJournalStorage storage, bool areKept)
    {
        PostgreSqlWriter writer = ((PostgreSqlJournalStorage)storage).Writer;
        writer.CommitForTests = async commit =>
        {
            if (areKept) await commit();
            throw Lost();
        };
        return new End(() => writer.CommitForTests = null);
    }

    /// <summary>The server says of every table what it says when its disk is full.</summary>
    public override IDisposable Fill(IJournalStorage storage)
    {
        Execute(
            """
            CREATE OR REPLACE FUNCTION public.fill() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'could not extend file: No space left on device'
                USING ERRCODE = 'disk_full';
            END $$
            """);
        ForEachTable("CREATE TRIGGER fill BEFORE INSERT ON %I.%I EXECUTE FUNCTION public.fill()");
        return new End(() => ForEachTable("DROP TRIGGER IF EXISTS fill ON %I.%I"));
    }

    public override IDisposable Hide()
    {
        Allow(false);
        Cut();
        return new End(() => Allow(true));

        void Allow(bool isAllowed) => _server.Execute(
            $"ALTER DATABASE {_database} WITH ALLOW_CONNECTIONS {isAllowed}");
    }

    public override ValueTask DisposeAsync()
    {
        _server.Execute($"DROP DATABASE {_database} WITH (FORCE)");
        return default;
    }

    private static NpgsqlException Lost()
        => new("Exception while reading from stream", new IOException("The test cut it."));

    /// <summary>Runs a statement for each table of records.</summary>
    private void ForEachTable(string text) => Execute(
        $"""
        DO $do$ DECLARE each record; BEGIN
            FOR each IN SELECT table_schema AS s, table_name AS t FROM information_schema.columns
                WHERE table_schema = 'memento' AND column_name = 'doc'
            LOOP EXECUTE format('{text}', each.s, each.t); END LOOP;
        END $do$
        """);
}
