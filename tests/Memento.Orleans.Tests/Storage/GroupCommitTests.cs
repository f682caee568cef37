using Memento.Journaling;
using Memento.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memento.Tests.Storage;

public sealed class GroupCommitTests : IAsyncDisposable
{
    private const int Writers = 8;
    private const int CommitsOfWriter = 50;

    private readonly CountingJournalStorage _storage = new();

    [Fact]
    public async Task Writers_that_missed_a_batch_and_come_again_share_the_next_ones()
    {
        await using Journal journal = Open();

        // One commit is being written, the rest queue behind it. Without a wait for them, they
        // would take turns like this for ever, and the storage is slow.
        Task first = WriteOftenAsync(journal, AppendAsync(journal));
        await _storage.FirstBegun;
        Task[] others =
        [
            .. Enumerable.Range(1, Writers - 1)
                .Select(_ => WriteOftenAsync(journal, AppendAsync(journal))),
        ];
        _storage.LetFirstEnd();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(Writers * (CommitsOfWriter + 1), _storage.Batches.Sum());
        Assert.True(
            _storage.Batches.Average() > Writers * 0.7,
            $"The batches had {string.Join(", ", _storage.Batches)} commits.");
    }

    [Fact]
    public async Task A_commit_goes_although_others_that_were_woken_do_not_come_back()
    {
        await using Journal journal = Open();
        _storage.LetFirstEnd();
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

        _storage.LetFirstEnd();
        await journal.DisposeAsync();

        Assert.All(commits, static commit => Assert.True(commit.IsCompletedSuccessfully));
        Assert.Equal(Writers, _storage.Batches.Sum());
    }

    [Fact]
    public async Task A_batch_takes_no_more_than_its_limit()
    {
        await using Journal journal = Open();
        Task first = AppendAsync(journal);
        await _storage.FirstBegun;
        Task[] others =
            [.. Enumerable.Range(0, Journal.MaxBatch + 1).Select(_ => AppendAsync(journal))];

        _storage.LetFirstEnd();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([1, Journal.MaxBatch, 1], _storage.Batches);
    }

    public ValueTask DisposeAsync() => _storage.DisposeAsync();

    private Journal Open()
        => new(new DurableStorage(_storage), NullLogger<Journal>.Instance, TimeProvider.System);

    private static async Task WriteOftenAsync(Journal journal, Task first)
    {
        await first;
        for (int i = 0; i < CommitsOfWriter; i++)
        {
            await Task.Yield();
            await AppendAsync(journal);
        }
    }

    private static Task AppendAsync(Journal journal)
    {
        var commit = new PendingCommit(
            new JournalEntry { TransactionId = Guid.NewGuid(), Writes = [], Epochs = [] }, []);
        Assert.True(journal.TryAppend(commit, journal.Generation));
        return commit.Durable;
    }
}
