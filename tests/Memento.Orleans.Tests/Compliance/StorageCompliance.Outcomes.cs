using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.Compliance;

public abstract partial class StorageCompliance<TStorage>
{
    [Fact]
    public async Task An_unknown_transaction_is_decided_aborted_for_good()
    {
        var id = Guid.NewGuid();
        Assert.Equal(TransactionOutcome.Aborted, await Storage.DecideAsync(id, Token));
        Assert.Equal(TransactionOutcome.Aborted, await Storage.DecideAsync(id, Token));

        await ReopenAsync();
        OutcomeDecidedException decided = await Assert.ThrowsAsync<OutcomeDecidedException>(
            () => _scene.WriteAsync(_scene.Entry(Row(2, "b")), Deciding(id, Row(1, "a"))));
        Assert.Equal((id, TransactionOutcome.Aborted), (decided.TransactionId, decided.Outcome));
        await HasRowsAsync();
    }

    [Fact]
    public async Task A_committed_transaction_is_decided_committed_and_not_committed_twice()
    {
        var id = Guid.NewGuid();
        await _scene.WriteAsync(Deciding(id, Row(1, "a")));

        await ReopenAsync();
        Assert.Equal(TransactionOutcome.Committed, await Storage.DecideAsync(id, Token));
        OutcomeDecidedException decided = await Assert.ThrowsAsync<OutcomeDecidedException>(
            () => _scene.WriteAsync(Deciding(id, Row(2, "b"))));
        Assert.Equal(TransactionOutcome.Committed, decided.Outcome);
        await HasRowsAsync("1=a");
    }

    [Fact]
    public async Task A_decision_beside_the_commit_is_the_one_or_the_other_for_both()
    {
        StorageScene other = _place.IsShared ? await OpenAsync() : _scene;
        for (int key = 1; key <= 50; key++)
        {
            var id = Guid.NewGuid();
            JournalEntry entry = Deciding(id, Row(key, "a"));
            Task writing = Task.Run(() => _scene.WriteAsync(entry), Token);
            Task<TransactionOutcome>[] deciding =
                [.. Enumerable.Range(0, 2).Select(_ => other.Storage.DecideAsync(id, Token))];

            TransactionOutcome[] told = await Task.WhenAll(deciding);
            Exception? refused = await Record.ExceptionAsync(() => writing);
            TransactionOutcome outcome = refused switch
            {
                null => TransactionOutcome.Committed,
                OutcomeDecidedException decided => decided.Outcome,
                _ => throw refused,
            };
            Assert.All(told, each => Assert.Equal(outcome, each));
            Assert.Equal(
                outcome == TransactionOutcome.Committed,
                (await _scene.RowsAsync()).Contains($"{key}=a"));
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_batch_in_doubt_is_settled_as_a_whole_and_for_good(
        bool isKept, bool isSettledByOther)
    {
        await _scene.WriteAsync(Row(1, "a"));
        JournalBatch batch = _scene.Batch(_scene.Entry(Row(2, "b")), _scene.Entry(Row(3, "c")));
        using (_place.LoseCommits(Storage, isKept))
        {
            await Assert.ThrowsAsync<BatchInDoubtException>(
                async () => await Storage.WriteAsync(batch, Token));

            // Nothing shows one of the two, or goes beyond it, as long as it is open.
            JournalBatch next = _scene.Batch(_scene.Entry(Row(9, "next")));
            await Assert.ThrowsAsync<StorageException>(
                async () => await Storage.WriteAsync(next, Token));
            await Assert.ThrowsAsync<StorageException>(() => _scene.RowsAsync());
            await Assert.ThrowsAsync<StorageException>(
                () => Storage.RaiseEpochAsync("t", 0, Token));
            await Assert.ThrowsAsync<StorageException>(
                () => Storage.DecideAsync(Guid.NewGuid(), Token));
            await Assert.ThrowsAsync<StorageException>(
                async () => await Storage.SettleAsync(batch, Token));
        }

        if (isSettledByOther) await Storage.RaiseEpochAsync("t", 1, Token);
        Assert.Equal(isKept, await Storage.SettleAsync(batch, Token));
        Assert.Equal(isKept, await Storage.SettleAsync(batch, Token));
        string[] settled = isKept ? ["1=a", "2=b", "3=c"] : ["1=a"];
        await HasRowsAsync(settled);
        await _scene.WriteAsync(Row(4, "d"));

        await ReopenAsync();
        await HasRowsAsync([.. settled, "4=d"]);
    }

    /// <summary>Who asks may have lost the answer although the storage gave one.</summary>
    [Fact]
    public async Task The_last_batch_is_settled_also_where_the_storage_was_not_in_doubt()
    {
        JournalBatch refused = _scene.Batch(
            _scene.Entry(Row(1, "a")), _scene.Entry(Row(1, "a", "missing")));
        await Assert.ThrowsAsync<EntryRefusedException>(
            async () => await Storage.WriteAsync(refused, Token));
        Assert.False(await Storage.SettleAsync(refused, Token));

        JournalBatch written = _scene.Batch(_scene.Entry(Row(2, "b")));
        await Storage.WriteAsync(written, Token);
        Assert.True(await Storage.SettleAsync(written, Token));
        await HasRowsAsync("2=b");
    }

    [Fact]
    public async Task An_owner_number_whose_raise_was_lost_is_not_given_again()
    {
        foreach (bool isKept in new[] { false, true })
        {
            await _scene.OwnAsync();
            long before = _scene.Epoch;
            using (_place.LoseCommits(Storage, isKept))
            {
                await Assert.ThrowsAsync<StorageException>(
                    () => Storage.RaiseEpochAsync("t", 0, Token));
            }

            long next = await Storage.RaiseEpochAsync("t", 0, Token);
            Assert.True(next > before + (isKept ? 1 : 0), $"{next} was given before.");
            await Assert.ThrowsAsync<FencedException>(() => _scene.WriteAsync(Row(1, "old")));
        }
    }
}
