using Memento.Storage.PostgreSql;
using Memento.Tests.Compliance;
using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>The statements that stay prepared on the connection that writes.</summary>
public sealed class PostgresPreparedTests : IAsyncLifetime
{
    /// <summary>More than Npgsql sees a statement before it prepares it.</summary>
    private const int Batches = 10;

    private readonly PostgresUnderTest _place = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Fact]
    public async Task The_statements_of_batches_stay_prepared()
        => Assert.NotEqual(0, await PreparedAsync(_place.ConnectionString));

    [Fact]
    public async Task The_connection_string_keeps_them_from_it()
        => Assert.Equal(
            0,
            await PreparedAsync($"{_place.ConnectionString};Max Auto Prepare=0"));

    [Fact]
    public async Task A_table_that_is_made_again_is_written_by_the_same_statement()
    {
        await using var storage = new PostgreSqlJournalStorage(_place.ConnectionString);
        StorageScene scene = await StorageScene.OpenAsync(storage);
        for (int i = 1; i <= Batches; i++)
            await scene.WriteAsync(StorageScene.Row(1, $"{i}"));

        _place.Execute("ALTER TABLE memento.t RENAME TO t_before");
        _place.Execute("CREATE TABLE memento.t (LIKE memento.t_before INCLUDING ALL)");
        await scene.WriteAsync(StorageScene.Row(2, "new"));

        Assert.Equal(["2=new"], await scene.RowsAsync());
    }

    private static async Task<long> PreparedAsync(string connectionString)
    {
        await using var storage = new PostgreSqlJournalStorage(connectionString);
        StorageScene scene = await StorageScene.OpenAsync(storage);
        for (int i = 1; i <= Batches; i++)
            await scene.WriteAsync(StorageScene.Row(1, $"{i}"));
        return await storage.Writer.TryOutAsync("count", static async connection =>
        {
            await using var command = new NpgsqlCommand(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%INSERT%'",
                connection);
            return (long)(await command.ExecuteScalarAsync())!;
        });
    }
}
