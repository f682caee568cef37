using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>Readers that take long, or go on after the body of their snapshot.</summary>
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_query_or_an_enumeration_that_goes_on_after_the_body_says_so()
    {
        await PutAsync([.. Enumerable.Range(0, 3_000).Select(i => NewEntry($"k{i:0000}", i, "g"))]);
        (ITableQuery<Entry> query, IAsyncEnumerator<Entry> entries) =
            await Memento.SnapshotAsync(async snapshot =>
            {
                ITableQuery<Entry> all = snapshot.Query<Entry>().OrderBy(entry => entry.Name);
                IAsyncEnumerator<Entry> begun = all.AsAsyncEnumerable().GetAsyncEnumerator();
                Assert.True(await begun.MoveNextAsync());
                Assert.Equal("k0000", begun.Current.Name);
                return (all, begun);
            }).Within();

        SnapshotEndedException[] errors =
        [
            await Assert.ThrowsAsync<SnapshotEndedException>(() => query.ToListAsync().Within()),
            await Assert.ThrowsAsync<SnapshotEndedException>(() => query.CountAsync().Within()),
            await Assert.ThrowsAsync<SnapshotEndedException>(() => query.AnyAsync().Within()),
            await Assert.ThrowsAsync<SnapshotEndedException>(async () =>
            {
                // What has come already may still be given.
                while (await entries.MoveNextAsync().Within())
                    Assert.True(entries.Current.Value < 2_000);
            }),
        ];
        await entries.DisposeAsync();
        Assert.All(errors, static error =>
            Assert.Contains("only inside its body", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fold_keeps_no_reader_waiting_and_by_snapshot_no_writer(bool isSnapshot)
    {
        const int Count = 600;
        await PutAsync([.. Enumerable.Range(0, Count).Select(i => NewEntry($"k{i:000}", 1))]);
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        Task<long> folding = Task.Run(
            () => isSnapshot
                ? Memento.SnapshotAsync(FoldAsync)
                : Memento.TransactionAsync(FoldAsync),
            cancellationToken);
        try
        {
            await begun.Task.Within();
            Assert.Equal(1, (await GetAsync<Entry>("k001").Within())!.Value);
            Task write = PutAsync(NewEntry("k001", 1_000));
            if (isSnapshot) await write.Within();
            Assert.False(folding.IsCompleted);
            goOn.Set();
            Assert.Equal(Count, await folding.Within());
            await write.Within();
        }
        finally
        {
            goOn.Set();
        }

        Assert.Equal(1_000, (await GetAsync<Entry>("k001").Within())!.Value);

        async Task<long> FoldAsync(IRecordReader reader)
            => await reader.FoldAsync<Entry, long>(0, (sum, each) =>
            {
                begun.TrySetResult();
                goOn.Wait(cancellationToken);
                return sum + each.Value;
            });
    }
}
