using Memento.Storage;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;

namespace Memento.Tests.PostgreSql;

/// <summary>Other programs use the tables of the store at the same time.</summary>
public sealed class PostgresConflictTests : IAsyncLifetime
{
    private readonly PostgresUnderTest _place = new();
    private IJournalStorage _storage = null!;
    private StorageScene _scene = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _storage = _place.Create();
        _scene = await StorageScene.OpenAsync(_storage);
    }

    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_that_a_deadlock_ended_is_written_again()
    {
        await _scene.WriteAsync(
            [.. Enumerable.Range(1, 3).Select(static key => StorageScene.Row(key, "old"))]);
        await using PostgresSession brake = Connect();
        await using PostgresSession other = Connect();
        await brake.ExecuteAsync($"BEGIN; {Update(2)}");
        await other.ExecuteAsync($"BEGIN; SET deadlock_timeout = '1h'; {Update(3)}");

        // The batch has row 1 and waits for row 2; then the other session waits for row 1.
        Task writing = _scene.WriteAsync(
            [.. Enumerable.Range(1, 3).Select(static key => StorageScene.Row(key, "new"))]);
        await WaitForWaitersAsync(1);
        Task<object?> updating = other.ExecuteAsync(Update(1));
        await WaitForWaitersAsync(2);

        // The batch goes on to row 3: a circle, which only the batch looks for.
        await brake.ExecuteAsync("ROLLBACK");
        await updating.Within();
        await other.ExecuteAsync("COMMIT");
        await writing.Within();

        Assert.Equal(["1=new", "2=new", "3=new"], await _scene.RowsAsync());
        await Waiting.UntilAsync(
            () => (long)_place.Execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")! == 1,
            "the server counts a deadlock");
    }

    [Fact]
    public async Task A_new_owner_waits_for_a_batch_that_the_old_one_is_writing()
    {
        await _scene.WriteAsync(StorageScene.Row(1, "old"));
        await using IJournalStorage next = _place.Create();
        await next.OpenAsync(Token);
        await using PostgresSession brake = Connect();
        await brake.ExecuteAsync($"BEGIN; {Update(1)}");

        // The batch has checked its owner number and waits for row 1.
        Task writing = _scene.WriteAsync(StorageScene.Row(1, "new"));
        await WaitForWaitersAsync(1);
        Task<long> owning = next.RaiseEpochAsync("t", 0, Token);
        await WaitForWaitersAsync(2);
        Assert.False(owning.IsCompleted);

        await brake.ExecuteAsync("COMMIT");
        await writing.Within();
        await owning.Within();
        Assert.Equal(["1=new"], await new StorageScene(next).RowsAsync());
        await Assert.ThrowsAsync<FencedException>(
            () => _scene.WriteAsync(StorageScene.Row(1, "late")));
    }

    [Fact]
    public async Task A_change_that_was_settled_comes_too_late()
    {
        await _scene.WriteAsync(StorageScene.Row(1, "a"));

        // As a batch whose connection was lost may still arrive at the server.
        await using PostgresSession late = Connect();
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => late.ExecuteAsync(
            "SELECT memento.memento_begin(id, change, position) FROM memento.memento_writer"));
        Assert.Contains("MM002", refused.Message, StringComparison.Ordinal);
        await _scene.WriteAsync(StorageScene.Row(2, "b"));
    }

    [Fact]
    public async Task An_outcome_is_kept_for_two_hours()
    {
        var (old, young) = (Guid.NewGuid(), Guid.NewGuid());
        await _scene.WriteAsync(StorageScene.Deciding(old), StorageScene.Deciding(young));
        _place.Execute(
            $"""
            UPDATE memento.memento_outcome SET at = now() - CASE WHEN id = '{old}'
                THEN interval '2 hours 1 minute' ELSE interval '1 hour 59 minutes' END
            """);

        await _scene.WriteAsync(StorageScene.Deciding(Guid.NewGuid()));

        Assert.Equal(TransactionOutcome.Aborted, await _storage.DecideAsync(old, Token));
        Assert.Equal(TransactionOutcome.Committed, await _storage.DecideAsync(young, Token));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task A_batch_that_cannot_be_serialised_is_written_three_times_at_most(
        int failures, bool isKept)
    {
        // Numbers of a sequence stay taken when the transaction is rolled back.
        _place.Execute(
            $"""
            CREATE SEQUENCE public.attempts;
            GRANT ALL ON public.attempts TO public;
            CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('public.attempts') <= {failures} THEN
                    RAISE EXCEPTION 'could not serialize access'
                    USING ERRCODE = 'serialization_failure';
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER fail AFTER INSERT ON memento.t EXECUTE FUNCTION public.fail();
            """);

        Exception? failure = await Record.ExceptionAsync(
            () => _scene.WriteAsync(StorageScene.Row(1, "a")));

        Assert.Equal(3L, _place.Execute("SELECT last_value FROM public.attempts"));
        Assert.Equal(isKept, failure is null);
        Assert.Equal(isKept ? ["1=a"] : [], await _scene.RowsAsync());
        if (isKept) return;

        Assert.IsType<StorageException>(failure);
        Assert.Contains("40001", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_another_program_reads_is_emptied_at_once_and_row_by_row()
    {
        await _scene.WriteAsync(StorageScene.Row(1, "old"), StorageScene.Row(2, "old"));
        object? file = FileOfTable();
        await using PostgresSession reader = Connect();
        await reader.ExecuteAsync(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM memento.t");

        await _scene.WriteAsync(_scene.Clear(StorageScene.Row(3, "new"))).Within();

        // A TRUNCATE would have waited for the reader, and given the table another file.
        Assert.Equal(["3=new"], await _scene.RowsAsync());
        Assert.Equal(file, FileOfTable());
        Assert.Equal(2L, await reader.ExecuteAsync("SELECT count(*) FROM memento.t"));

        await reader.ExecuteAsync("COMMIT");
        await _scene.WriteAsync(_scene.Clear()).Within();
        Assert.NotEqual(file, FileOfTable());
    }

    [Fact]
    public async Task A_table_that_another_program_holds_is_not_deleted_and_later_it_is()
    {
        await using PostgresSession reader = Connect();
        await reader.ExecuteAsync("BEGIN; SELECT count(*) FROM memento.t");

        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => _storage.DropTableAsync("t", Token).Within());
        Assert.Contains("another session holds", refused.Message, StringComparison.Ordinal);

        await reader.ExecuteAsync("COMMIT");
        await _storage.DropTableAsync("t", Token);
        Assert.Equal(false, _place.Execute("SELECT to_regclass('memento.t') IS NOT NULL"));
    }

    private static string Update(int key)
        => $"UPDATE memento.t SET doc = doc WHERE key = '\\x00{key:x2}'";

    private PostgresSession Connect() => new(_place.ConnectionString);

    private object? FileOfTable()
        => _place.Execute("SELECT relfilenode::bigint FROM pg_class WHERE relname = 't'");

    private Task WaitForWaitersAsync(int number) => Waiting.UntilAsync(
        () => (long)_place.Execute(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """)! == number,
        $"{number} sessions wait for a lock");
}
