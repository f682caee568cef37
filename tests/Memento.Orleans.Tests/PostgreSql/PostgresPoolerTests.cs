using Memento.Storage.PostgreSql;
using Memento.Tests.Compliance;
using Memento.Tests.Faults;

namespace Memento.Tests.PostgreSql;

/// <summary>A pooler between the silo and the server.</summary>
public sealed class PostgresPoolerTests : IAsyncLifetime
{
    private readonly PostgresServer _server = PostgresServer.Require();
    private readonly PostgresUnderTest _place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task A_pooler_that_keeps_sessions_works()
    {
        await using PgBouncer pooler = await PgBouncer.StartAsync(_server, "session");
        string connection = pooler.ConnectionString(_place.ConnectionString);
        for (int start = 1; start <= 2; start++)
        {
            await using MementoHost host = await MementoHost.StartAsync(memento => memento
                .UsePostgreSql(connection).AddTable<Receipt>());
            await host.Memento.Table<Receipt>().PutAsync(new Receipt { Token = $"{start}" });
            Assert.Equal(start, await host.Memento.Table<Receipt>().CountAsync());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_pooler_that_gives_sessions_away_is_refused(int others)
    {
        await using PgBouncer pooler = await PgBouncer.StartAsync(_server, "transaction");
        string connection = pooler.ConnectionString(_place.ConnectionString);

        // Other programs left the pooler sessions that are free.
        PostgresSession[] sessions =
            [.. Enumerable.Range(0, others).Select(_ => new PostgresSession(connection))];
        foreach (PostgresSession session in sessions)
            await session.ExecuteAsync("BEGIN");
        foreach (PostgresSession session in sessions)
            await session.ExecuteAsync("COMMIT");

        await using var storage = new PostgreSqlJournalStorage(connection);
        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => storage.OpenAsync(Token));
        Assert.Contains("pool_mode=transaction", refused.Message, StringComparison.Ordinal);
        Assert.Contains("name the server itself", refused.Message, StringComparison.Ordinal);
        foreach (PostgresSession session in sessions)
            await session.DisposeAsync();

        // Nothing was made, and the server itself works.
        Assert.Equal(true, _place.Execute("SELECT to_regnamespace('memento') IS NULL"));
        await using var direct = _place.Create();
        await StorageScene.OpenAsync(direct);
    }
}
