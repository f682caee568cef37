using Memento.Storage;
using Memento.Storage.PostgreSql;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>The server does what it is told, and its answer never comes.</summary>
public sealed class PostgresLostAnswerTests : IAsyncLifetime
{
    private readonly PostgresServer _server = PostgresServer.Require();
    private readonly PostgresUnderTest _place = new();
    private PostgresProxy _proxy = null!;
    private PostgreSqlJournalStorage _storage = null!;
    private StorageScene _scene = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _proxy = new PostgresProxy(_server);
        _storage = new PostgreSqlJournalStorage(new NpgsqlConnectionStringBuilder(
            _proxy.ConnectionString(_place.ConnectionString))
        {
            // How long an answer may take.
            CommandTimeout = 1,
        }.ConnectionString);
        _scene = await StorageScene.OpenAsync(_storage);
    }

    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _proxy.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_found_at_once_and_is_acknowledged()
    {
        _proxy.LoseCommits(1);
        await _scene.WriteAsync(StorageScene.Row(1, "a"));

        Assert.Equal(1, _proxy.LostCommits);
        await _scene.WriteAsync(StorageScene.Row(2, "b"));
        Assert.Equal(["1=a", "2=b"], await _scene.RowsAsync());
    }

    [Fact]
    public async Task A_commit_is_in_doubt_only_while_the_server_cannot_be_asked()
    {
        JournalBatch batch = _scene.Batch(_scene.Entry(StorageScene.Row(1, "a")));
        _proxy.LoseCommits(1);
        _proxy.IsClosed = true;
        var doubt = await Assert.ThrowsAsync<BatchInDoubtException>(
            async () => await _storage.WriteAsync(batch, Token));
        Assert.Contains("127.0.0.1", doubt.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageException>(
            async () => await _storage.SettleAsync(batch, Token));

        _proxy.IsClosed = false;
        Assert.True(await _storage.SettleAsync(batch, Token));
        Assert.Equal(["1=a"], await _scene.RowsAsync());
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_looked_up_on_another_connection()
    {
        // The batch waits for the row of another session, longer than the storage waits.
        await _scene.WriteAsync(StorageScene.Row(1, "a"));
        await using var other = new PostgresSession(_place.ConnectionString);
        await other.ExecuteAsync("BEGIN; UPDATE memento.t SET doc = doc");

        StorageException late = await Assert.ThrowsAsync<StorageException>(
            () => _scene.WriteAsync(StorageScene.Row(1, "late")).Within());
        Assert.Contains("did not answer in time", late.Message, StringComparison.Ordinal);

        // The refused batch does not come later either.
        await other.ExecuteAsync("COMMIT");
        await _scene.WriteAsync(StorageScene.Row(2, "b"));
        Assert.Equal(["1=a", "2=b"], await _scene.RowsAsync());
    }

    [Fact]
    public async Task A_server_that_falls_silent_in_the_middle_is_found_again()
    {
        await _scene.WriteAsync(StorageScene.Row(1, "a"));
        _proxy.FallSilent();
        JournalBatch batch = _scene.Batch(_scene.Entry(StorageScene.Row(2, "b")));
        Task writing = _storage.WriteAsync(batch, Token).AsTask();
        await Task.WhenAny(writing, Task.Delay(TimeSpan.FromMinutes(1), Token));
        Assert.IsType<BatchInDoubtException>(writing.Exception!.InnerException);

        _proxy.Speak();
        Assert.False(await _storage.SettleAsync(batch, Token));
        await _scene.WriteAsync(StorageScene.Row(3, "c"));
        Assert.Equal(["1=a", "3=c"], await _scene.RowsAsync());
    }
}
