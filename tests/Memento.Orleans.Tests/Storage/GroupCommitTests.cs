using Memento.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memento.Tests.Storage;

public sealed class GroupCommitTests : IAsyncDisposable
{
    private const int Writers = 8;
    private const int CommitsOfWriter = 50;

    private readonly CountingJournalStorage _storage = new();

    [Fact]
    public async Task Writers_that_commit_again_and_again_share_their_batches()
    {
        await using Journal journal = Open();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < CommitsOfWriter; i++)
            {
                await Task.Yield();
                await AppendAsync(journal);
            }
        })));

        Assert.Equal(Writers * CommitsOfWriter, _storage.Batches.Sum());
        // Two groups that take turns, as they do when nobody is waited for, have 4 of the 8 each.
        Assert.True(
            _storage.Batches.Average() > Writers * 0.7,
            $"The batches had {string.Join(", ", _storage.Batches)} commits.");
    }

    [Fact]
    public async Task A_commit_goes_although_others_that_were_woken_do_not_come_back()
    {
        await using Journal journal = Open();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => AppendAsync(journal)));

        await AppendAsync(journal);

        Assert.Equal(Writers + 1, _storage.Batches.Sum());
        Assert.Equal(1, _storage.Batches[^1]);
    }

    [Fact]
    public async Task What_has_queued_is_written_before_the_journal_stops()
    {
        Journal journal = Open();
        Task[] commits = [.. Enumerable.Range(0, Writers).Select(_ => AppendAsync(journal))];

        await journal.DisposeAsync();

        Assert.All(commits, static commit => Assert.True(commit.IsCompletedSuccessfully));
        Assert.Equal(Writers, _storage.Batches.Sum());
    }

    [Fact]
    public async Task A_batch_takes_no_more_than_its_limit()
    {
        await using Journal journal = Open();

        await Task.WhenAll(
            Enumerable.Range(0, (2 * Journal.MaxBatch) + 2).Select(_ => AppendAsync(journal)));

        Assert.Contains(Journal.MaxBatch, _storage.Batches);
        Assert.DoesNotContain(_storage.Batches, static size => size > Journal.MaxBatch);
    }

    public ValueTask DisposeAsync() => _storage.DisposeAsync();

    private Journal Open()
        => new(new DurableStorage(_storage), NullLogger<Journal>.Instance);

    private static Task AppendAsync(Journal journal)
    {
        var commit = new PendingCommit(
            new JournalEntry { TransactionId = Guid.NewGuid(), Writes = [], Epochs = [] }, []);
        Assert.True(journal.TryAppend(commit, journal.Generation));
        return commit.Durable;
    }
}
