using Memento.Storage;
using Memento.Storage.PostgreSql;
using Memento.Tests.Compliance;

namespace Memento.Tests.PostgreSql;

/// <summary>What acknowledged commits survive, as the option says.</summary>
public sealed class PostgresDurabilityTests : IDisposable
{
    private readonly PostgresServer _server = PostgresServer.StartAnother();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public PostgresDurabilityTests()
    {
        // Long enough that the server writes its log only when it has to.
        _server.Execute("ALTER SYSTEM SET wal_writer_delay = '10s'");
        _server.Crash();
        _server.Start();
    }

    public void Dispose() => _server.End();

    [Fact]
    public async Task An_fsynced_commit_survives_a_crash_of_the_server_whatever_its_default_is()
    {
        _server.Execute("ALTER DATABASE postgres SET synchronous_commit = off");
        await using (PostgreSqlJournalStorage storage = New(StorageDurability.Fsynced))
        {
            await (await StorageScene.OpenAsync(storage)).WriteAsync(StorageScene.Row(1, "a"));
            _server.Crash();
        }

        _server.Start();
        await using PostgreSqlJournalStorage another = New(StorageDurability.Fsynced);
        Assert.Equal(["1=a"], await (await StorageScene.OpenAsync(another)).RowsAsync());
    }

    [Fact]
    public async Task A_written_commit_survives_the_silo_and_not_a_crash_of_the_server()
    {
        await using (PostgreSqlJournalStorage storage = New(StorageDurability.Written))
        {
            StorageScene scene = await StorageScene.OpenAsync(storage);
            await scene.WriteAsync(StorageScene.Row(1, "kept"));
        }

        await using PostgreSqlJournalStorage another = New(StorageDurability.Written);
        StorageScene other = await StorageScene.OpenAsync(another);
        Assert.Equal(["1=kept"], await other.RowsAsync());
        await other.WriteAsync(StorageScene.Row(2, "lost"));
        await other.WriteAsync(StorageScene.Row(3, "lost"));
        _server.Crash();
        _server.Start();

        // What the silo has in memory is not in the database any more. It must not go on with it.
        // The first call may find the connection broken.
        string[] told = [await WriteAsync(), await WriteAsync(), await WriteAsync()];
        Assert.Contains("has lost commits", told[1], StringComparison.Ordinal);
        Assert.Contains("Restart the silo", told[2], StringComparison.Ordinal);

        await using PostgreSqlJournalStorage restarted = New(StorageDurability.Written);
        Assert.Equal(["1=kept"], await (await StorageScene.OpenAsync(restarted)).RowsAsync());

        async Task<string> WriteAsync()
        {
            Exception refused = (await Record.ExceptionAsync(
                () => other.WriteAsync(StorageScene.Row(4, "refused"))))!;
            Assert.True(refused is StorageException or BatchInDoubtException);
            return refused.Message;
        }
    }

    private PostgreSqlJournalStorage New(StorageDurability durability) => new(
        _server.ConnectionString("postgres"),
        new PostgreSqlOptions { Durability = durability });
}
