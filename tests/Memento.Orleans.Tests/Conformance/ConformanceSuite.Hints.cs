using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>Queries that name the index that they use.</summary>
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_hint_chooses_the_index_and_not_the_answer()
    {
        await PutAsync([.. Enumerable.Range(0, 200).Select(i => new Job
        {
            Id = i, Lane = i % 2, Priority = i % 5, RunAfter = i, State = $"s{i % 3}",
        })]);
        await Memento.TransactionAsync(ReadAsync).Within();
        await Memento.SnapshotAsync(ReadAsync).Within();

        static async Task ReadAsync(IRecordReader reader)
        {
            ITableQuery<Job> query = reader.Query<Job>().Where(
                static j => j.Lane == 1 && j.RunAfter < 50 && j.State == "s2");
            IEnumerable<int> plain =
                (await query.ToListAsync()).Select(static j => j.Id).Order().ToList();
            foreach (string name in new[]
                { "RunAfter", "Lane_RunAfter", "Lane_Priority_RunAfter", "State_Priority" })
            {
                ITableQuery<Job> hinted = query.UseIndex(name);
                Assert.Equal(plain, (await hinted.ToListAsync()).Select(static j => j.Id).Order());
                Assert.Equal(plain.Count(), await hinted.CountAsync());
                Assert.Equal(
                    plain.First(),
                    (await hinted.OrderBy(static j => j.RunAfter).FirstOrDefaultAsync())!.Id);
                QueryExplanation how = await hinted.ExplainAsync();
                Assert.Equal((name, name), (how.Hint, how.Index));
                Assert.Contains($"hint    index {name}", how.ToString(), StringComparison.Ordinal);
            }

            QueryExplanation best = await query.ExplainAsync();
            Assert.Null(best.Hint);
            Assert.DoesNotContain("hint", best.ToString(), StringComparison.Ordinal);
            Assert.Equal(
                [("s0", 67), ("s1", 67), ("s2", 66)],
                Pairs(await reader.Query<Job>().UseIndex("State_Priority")
                    .CountByAsync(static j => j.State)));
        }
    }

    [Fact]
    public async Task A_hinted_query_claims_and_changes_too()
    {
        await PutAsync([.. Enumerable.Range(0, 20).Select(i => new Job
        {
            Id = i, RunAfter = i, State = "new",
        })]);
        await Memento.TransactionAsync(async tx =>
        {
            Job? first = await tx.Query<Job>().Where(static j => j.RunAfter >= 4)
                .OrderBy(static j => j.RunAfter).UseIndex("RunAfter").Take(1)
                .ForUpdate(skipLocked: true).FirstOrDefaultAsync();
            Assert.Equal(4, first!.Id);
        }).Within();
        Assert.Equal(20, await Memento.Table<Job>().Query().Where(static j => j.State == "new")
            .UseIndex("State_Priority").UpdateInBatchesAsync(
                static j => j with { State = "done" }, size: 7));
        Assert.All(await GetAllAsync<Job>(), static job => Assert.Equal("done", job.State));
    }

    [Fact]
    public async Task A_hint_that_cannot_serve_says_why_and_one_of_no_index_lists_those_there_are()
    {
        await Memento.TransactionAsync(async tx =>
        {
            var unknown = Assert.Throws<ArgumentException>(() => tx.Query<Job>().UseIndex("Laen"));
            Assert.Contains(
                "Table 'Job' has no index 'Laen'. Its indexes are",
                unknown.Message,
                StringComparison.Ordinal);
            Assert.Contains("Lane_Priority_RunAfter", unknown.Message, StringComparison.Ordinal);
            Assert.Contains(
                "no index at all",
                Assert.Throws<ArgumentException>(() => tx.Query<Bulk>().UseIndex("Id")).Message,
                StringComparison.Ordinal);
            Assert.Throws<ArgumentNullException>(() => tx.Query<Job>().UseIndex(null!));

            ITableQuery<Job> useless = tx.Query<Job>().Where(static j => j.Priority == 1)
                .UseIndex("Lane_Priority_RunAfter");
            await AssertUselessAsync(() => useless.ToListAsync().AsTask());
            await AssertUselessAsync(() => useless.CountAsync().AsTask());
            await AssertUselessAsync(() => useless.ExplainAsync().AsTask());
            await AssertUselessAsync(() => useless.ForUpdate().ToListAsync().AsTask());
            await AssertUselessAsync(() => useless.CountByAsync(static j => j.State).AsTask());
            await AssertUselessAsync(
                () => tx.Query<Job>().UseIndex("Lane_RunAfter").CountAsync().AsTask());
        }).Within();

        static async Task AssertUselessAsync(Func<Task> call)
        {
            var error = await Assert.ThrowsAsync<QueryNotSupportedException>(call);
            Assert.StartsWith("UseIndex(\"Lane_", error.Expression, StringComparison.Ordinal);
            Assert.Contains("first property Lane", error.Instead, StringComparison.Ordinal);
        }
    }
}
