using System.Collections.Concurrent;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_claim_leaves_out_what_others_have_locked_and_waits_for_nobody()
    {
        await PutAsync([.. Enumerable.Range(0, 6).Select(i => NewEntry($"k{i}", i, "jobs"))]);
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();

        Assert.Equal([0, 1], await ClaimAsync(younger.Tx, 2));
        Assert.Equal([2, 3], await ClaimAsync(older.Tx, 2));

        // Its own are not others'.
        Assert.Equal([0, 1, 4], await ClaimAsync(younger.Tx, 3));
        Assert.Equal([2, 3, 5], await ClaimAsync(older.Tx, 10));
        OpenTransaction third = await OpenAsync();
        Assert.Empty(await ClaimAsync(third.Tx, 1));
        Assert.Null(
            await InQueue(third.Tx).ForUpdate(skipLocked: true).FirstOrDefaultAsync().Within());
        await younger.AbortAsync();
        Assert.Equal([0, 1, 4], await ClaimAsync(third.Tx, 4));

        await older.CommitAsync();
        await third.CommitAsync();
        Assert.Equal((1, 1), (older.Runs, third.Runs));
    }

    [Fact]
    public async Task A_claim_leaves_out_what_is_written_read_or_locked_in_other_ways()
    {
        await PutAsync([.. Enumerable.Range(0, 4).Select(i => NewEntry($"k{i}", i, "jobs"))]);
        OpenTransaction other = await OpenAsync();
        await other.Tx.WriteAsync(NewEntry("k0", 7, "jobs")).Within();
        await other.Tx.ReadAsync<Entry>("k1").Within();
        await other.Tx.LockRecordAsync<Entry>("k2", LockMode.Read).AsTask().Within();
        OpenTransaction claimer = await OpenAsync();
        Assert.Equal([3], await ClaimAsync(claimer.Tx, 4));
        await other.CommitAsync();
        Assert.Equal([1, 2, 3, 7], await ClaimAsync(claimer.Tx, 4));
        await claimer.CommitAsync();

        await PutAsync(NewTag("rose", "red"), NewTag("rose", "white"), NewTag("iris", "blue"));
        OpenTransaction whole = await OpenAsync();
        OpenTransaction late = await OpenAsync();
        await whole.Tx.LockTableAsync<Tag>(LockMode.Write).AsTask().Within();
        Assert.Empty(await late.Tx.Query<Tag>().ForUpdate(skipLocked: true).ToListAsync().Within());
        await whole.CommitAsync();
        Assert.Equal(
            3,
            (await late.Tx.Query<Tag>().ForUpdate(skipLocked: true).ToListAsync().Within()).Count);
        await late.CommitAsync();
        Assert.Equal(1, late.Runs);
    }

    [Fact]
    public async Task What_is_claimed_is_locked_for_writing_and_sees_own_writes()
    {
        await PutAsync(NewEntry("k0", 0, "jobs"), NewEntry("k1", 1, "jobs"));
        OpenTransaction older = await OpenAsync();
        OpenTransaction claimer = await OpenAsync();
        await claimer.Tx.WriteAsync(NewEntry("own", -1, "jobs")).Within();
        await claimer.Tx.WriteAsync(NewEntry("k0", 0, "done")).Within();
        Assert.Equal([-1, 1], await ClaimAsync(claimer.Tx, 5));

        Task<Entry?> reading = older.Tx.ReadAsync<Entry>("k1").AsTask();
        await UntilWaitingAsync(older.Tx);
        await claimer.Tx.WriteAsync(NewEntry("k1", 1, "done")).Within();
        await claimer.CommitAsync();
        Assert.Equal("done", (await reading.Within())!.Group);
        await older.CommitAsync();
    }

    [Fact]
    public async Task An_update_query_waits_for_the_record_and_returns_the_first_that_is_left()
    {
        await PutAsync([.. Enumerable.Range(0, 3).Select(i => NewEntry($"k{i}", i, "jobs"))]);
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        Entry first = (await InQueue(younger.Tx).ForUpdate().FirstOrDefaultAsync().Within())!;
        Assert.Equal(0, first.Value);

        Task<Entry?> second = InQueue(older.Tx).ForUpdate().FirstOrDefaultAsync().AsTask();
        await UntilWaitingAsync(older.Tx);
        await younger.Tx.WriteAsync(first with { Group = "done" }).Within();
        await younger.CommitAsync();

        Assert.Equal(1, (await second.Within())!.Value);
        await older.CommitAsync();
        Assert.Equal((1, 1), (older.Runs, younger.Runs));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Workers_that_claim_at_once_take_each_job_once(bool skips)
    {
        const int jobs = 60;
        await PutAsync([.. Enumerable.Range(0, jobs).Select(i => NewEntry($"k{i}", i, "jobs"))]);
        ConcurrentBag<long> taken = [];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (await ClaimOneAsync() is { } one)
                taken.Add(one);
        })).WaitAsync(TimeSpan.FromSeconds(60));

        // Those that were skipped when a worker saw nothing else were taken by others.
        Assert.Equal(Enumerable.Range(0, jobs).Select(static i => (long)i), taken.Order());
        Assert.Equal(jobs, (await GetAllAsync<Entry>()).Count(static each => each.Group == "done"));

        Task<long?> ClaimOneAsync()
            => Memento.TransactionAsync(async tx =>
            {
                Entry? job = await InQueue(tx).Take(1).ForUpdate(skips).FirstOrDefaultAsync();
                if (job is null) return (long?)null;
                await tx.WriteAsync(job with { Group = "done" });
                return job.Value;
            });
    }

    [Fact]
    public async Task A_query_deletes_and_changes_what_it_finds()
    {
        await PutAsync([.. Enumerable.Range(0, 9).Select(i => NewEntry($"k{i}", i, "jobs"))]);
        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(2, await InQueue(tx).Take(2).DeleteAsync());
            Assert.Equal(0, await tx.Query<Entry>().Where(e => e.Value > 100).DeleteAsync());
            Assert.Equal(3, await InQueue(tx).Where(e => e.Value >= 5).UpdateAsync(
                static entry => entry.Value == 6 ? null : entry with { Group = "done" }));
            Assert.Equal([2, 3, 4, 6], (await InQueue(tx).ToListAsync()).Select(e => e.Value));
        }).Within();

        Assert.Equal(
            [2, 3, 4, 6],
            (await GetAllAsync<Entry>()).Where(e => e.Group == "jobs").Select(e => e.Value)
                .Order());
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => Memento.TransactionAsync(
            async tx => await InQueue(tx).UpdateAsync(
                static entry => entry with { Name = "other" })).Within());
        Assert.Contains("gave it the key 'other'", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(7, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task Query_calls_that_lock_are_refused_where_they_mean_nothing()
    {
        await Memento.TransactionAsync(async tx =>
        {
            await AssertRefusedAsync(() => InQueue(tx).ForUpdate().CountAsync().AsTask());
            await AssertRefusedAsync(() => InQueue(tx).ForUpdate().AnyAsync().AsTask());
            await AssertRefusedAsync(() => InQueue(tx).ForUpdate().ToPageAsync(3).AsTask());
            await AssertRefusedAsync(() => InQueue(tx).ForUpdate().ExplainAsync().AsTask());
            await AssertRefusedAsync(() => InQueue(tx).ForUpdate().MaxAsync(e => e.Value).AsTask());
            await AssertRefusedAsync(
                () => InQueue(tx).Skip(1).ForUpdate(skipLocked: true).ToListAsync().AsTask());
            Assert.Throws<QueryNotSupportedException>(
                () => InQueue(tx).ForUpdate().AsAsyncEnumerable());
        }).Within();
        await Memento.SnapshotAsync(async snapshot =>
        {
            ITableQuery<Entry> query = snapshot.Query<Entry>();
            Assert.Throws<QueryNotSupportedException>(() => query.ForUpdate());
            await AssertRefusedAsync(() => query.DeleteAsync().AsTask());
            await AssertRefusedAsync(() => query.UpdateAsync(static e => e).AsTask());
        }).Within();

        static Task AssertRefusedAsync(Func<Task> call)
            => Assert.ThrowsAsync<QueryNotSupportedException>(() => call().Within());
    }

    private static ITableQuery<Entry> InQueue(ITransaction tx)
        => tx.Query<Entry>().Where(static e => e.Group == "jobs").OrderBy(static e => e.Value);

    private static async Task<List<long>> ClaimAsync(ITransaction tx, int most)
        => [
            .. (await InQueue(tx).Take(most).ForUpdate(skipLocked: true).ToListAsync().Within())
                .Select(static each => each.Value),
        ];
}
