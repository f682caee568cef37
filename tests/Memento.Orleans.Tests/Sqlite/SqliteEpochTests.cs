using Memento.Storage;
using Memento.Storage.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Sqlite;

public sealed class SqliteEpochTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Epochs_that_are_raised_at_once_share_commits()
    {
        const int partitions = 256;
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        long before = Commits();
        long[] raised = await Task.WhenAll(Enumerable.Range(1, partitions).Select(
            partition => storage.RaiseEpochAsync("t", partition, Token)));
        Assert.All(raised, static epoch => Assert.Equal(1, epoch));

        // The first may go alone; as a rule two commits are enough.
        Assert.InRange(Commits() - before, 1, partitions / 4);
        await storage.WriteAsync(
            new JournalBatch(
                1,
                [
                    new JournalEntry
                    {
                        TransactionId = Guid.NewGuid(),
                        Writes = [],
                        Epochs = [new("t", 1, 1), new("t", partitions, 1)],
                    },
                ]),
            Token);

        long Commits() => (long)file.Scalar("SELECT batch FROM memento_journal")!;
    }

    [Fact]
    public async Task Epochs_grow_from_one_and_survive_reopening()
    {
        await using var file = new SqliteFile();
        var storage = file.New();
        await storage.OpenAsync(Token);
        Assert.Equal(1, await storage.RaiseEpochAsync("t", 3, Token));
        Assert.Equal(2, await storage.RaiseEpochAsync("t", 3, Token));
        Assert.Equal(1, await storage.RaiseEpochAsync("t", 4, Token));
        await storage.DisposeAsync();

        var reopened = file.New();
        await reopened.OpenAsync(Token);
        Assert.Equal(3, await reopened.RaiseEpochAsync("t", 3, Token));
    }

    [Fact]
    public async Task A_batch_of_an_earlier_owner_is_fenced_off_whole()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        await storage.RaiseEpochAsync("t", 0, Token);
        var current = new JournalEntry
        {
            TransactionId = Guid.NewGuid(),
            Writes = [SqliteFile.Row(1, "new")],
            Epochs = [new PartitionEpoch("t", 0, 2)],
        };
        var batch = new JournalBatch(1, [current, SqliteFile.Entry(SqliteFile.Row(2, "old"))]);
        var error = await Assert.ThrowsAsync<FencedException>(
            async () => await storage.WriteAsync(batch, Token));
        Assert.Equal(("t", 0), (error.Table, error.Partition));
        Assert.Empty(await SqliteFile.LoadAsync(storage));

        await storage.WriteAsync(new JournalBatch(1, [current]), Token);
        Assert.Single(await SqliteFile.LoadAsync(storage));
    }

    [Fact]
    public async Task An_owner_from_before_the_opening_writes_on_and_one_never_raised_does_not()
    {
        await using var file = new SqliteFile();
        await (await file.OpenAsync()).DisposeAsync();
        var storage = file.New();
        await storage.OpenAsync(Token);
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(1, "a")), Token);

        var unowned = new JournalEntry
        {
            TransactionId = Guid.NewGuid(),
            Writes = [],
            Epochs = [new PartitionEpoch("t", 7, 1)],
        };
        await Assert.ThrowsAsync<FencedException>(
            async () => await storage.WriteAsync(new JournalBatch(2, [unowned]), Token));
    }

    [Fact]
    public async Task The_owner_of_a_dropped_table_stays_fenced_off_when_it_is_made_again()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var batch = SqliteFile.Batch(1, SqliteFile.Row(1, "a"));
        await storage.DropTableAsync("t", Token);
        await storage.CreateTableAsync("t", Token);
        await Assert.ThrowsAsync<FencedException>(
            async () => await storage.WriteAsync(batch, Token));
        Assert.Equal(3, await storage.RaiseEpochAsync("t", 0, Token));
        await Assert.ThrowsAsync<FencedException>(
            async () => await storage.WriteAsync(batch, Token));
    }

    [Fact]
    public async Task An_unknown_transaction_is_decided_aborted_for_good()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var id = Guid.NewGuid();
        Assert.Equal(TransactionOutcome.Aborted, await storage.DecideAsync(id, Token));
        Assert.Equal(TransactionOutcome.Aborted, await storage.DecideAsync(id, Token));

        var batch = SqliteFile.Outcome(1, id, SqliteFile.Row(1, "a"));
        var error = await Assert.ThrowsAsync<OutcomeDecidedException>(
            async () => await storage.WriteAsync(batch, Token));
        Assert.Equal((id, TransactionOutcome.Aborted), (error.TransactionId, error.Outcome));
        Assert.Empty(await SqliteFile.LoadAsync(storage));
    }

    [Fact]
    public async Task A_committed_transaction_is_decided_committed_and_not_committed_twice()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var id = Guid.NewGuid();
        var batch = SqliteFile.Outcome(1, id, SqliteFile.Row(1, "a"));
        await storage.WriteAsync(batch, Token);
        await storage.DisposeAsync();

        var reopened = file.New();
        await reopened.OpenAsync(Token);
        Assert.Equal(TransactionOutcome.Committed, await reopened.DecideAsync(id, Token));
        var error = await Assert.ThrowsAsync<OutcomeDecidedException>(
            async () => await reopened.WriteAsync(batch, Token));
        Assert.Equal(TransactionOutcome.Committed, error.Outcome);
    }

    [Fact]
    public async Task Outcomes_are_kept_for_their_lifetime_and_go_as_new_ones_come()
    {
        await using var file = new SqliteFile();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var storage = await file.OpenAsync(timeProvider: clock);
        var ids = Enumerable.Range(0, 10).Select(_ => Guid.NewGuid()).ToArray();
        for (int index = 0; index < ids.Length; index++)
            await storage.WriteAsync(SqliteFile.Outcome(index + 1, ids[index]), Token);

        clock.Advance(SqliteBatch.OutcomeLifetime);
        Assert.Equal(TransactionOutcome.Committed, await storage.DecideAsync(ids[0], Token));
        Assert.Equal(10L, file.Scalar("SELECT count(*) FROM memento_outcome"));

        clock.Advance(TimeSpan.FromSeconds(1));
        for (int index = 0; index < 5; index++)
            await storage.WriteAsync(SqliteFile.Outcome(11 + index, Guid.NewGuid()), Token);
        Assert.Equal(5L, file.Scalar("SELECT count(*) FROM memento_outcome"));
    }
}
