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
