using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    private const int ManyJobs = 2_000;

    /// <summary>A few for each of the four partitions, and far from all.</summary>
    private const int FewJobs = 60;

    private static readonly string[] JobStates = ["waiting", "running", "done", "failed"];

    private static readonly Job[] Jobs = [.. Enumerable.Range(0, ManyJobs).Select(NewJob)];

    [Fact]
    public async Task The_first_ones_are_read_in_their_order_where_a_longer_range_would_be_sorted()
    {
        await PutAsync(Jobs);
        await Memento.TransactionAsync(async tx =>
        {
            IQuery<Job> next = tx.Query<Job>()
                .Where(static job => job.Lane == 1 && job.RunAfter <= ManyJobs - 100)
                .OrderBy(static job => job.Priority).ThenBy(static job => job.RunAfter)
                .Take(1);
            Job expected = Jobs.Where(static job => job.Lane == 1 && job.RunAfter <= ManyJobs - 100)
                .OrderBy(static job => job.Priority).ThenBy(static job => job.RunAfter).First();

            Assert.Equal([expected], await next.ToListAsync());
            QueryExplanation explanation = await next.ExplainAsync();
            Assert.Equal("Lane_Priority_RunAfter", explanation.Index);
            Assert.InRange(explanation.Read, 1, FewJobs);
        }).Within();
    }

    [Fact]
    public async Task The_first_ones_of_a_rare_range_are_sorted_where_their_order_is_that_of_many()
    {
        await PutAsync(Jobs);
        await Memento.TransactionAsync(async tx =>
        {
            IQuery<Job> marked = tx.Query<Job>()
                .Where(static job => job.Mark!.StartsWith("rare"))
                .OrderByDescending(static job => job.RunAfter)
                .Take(10);
            Job[] expected =
                [.. Jobs.Where(static job => job.Mark == "rare")
                    .OrderByDescending(static job => job.Id)];

            Assert.Equal(expected, await marked.ToListAsync());
            QueryExplanation explanation = await marked.ExplainAsync();
            Assert.Equal(
                ("Mark", "RunAfter descending, sorted"), (explanation.Index, explanation.Order));
            Assert.InRange(explanation.Read, expected.Length, FewJobs);
        }).Within();
    }

    [Fact]
    public async Task Of_two_values_the_one_of_fewer_records_is_looked_up()
    {
        await PutAsync(Jobs);
        await Memento.TransactionAsync(async tx =>
        {
            ITableQuery<Job> rare = tx.Query<Job>()
                .Where(static job => job.Mark == "common" && job.Lane == 2);
            QueryExplanation explanation = await rare.ExplainAsync();
            Assert.StartsWith("Lane_", explanation.Index, StringComparison.Ordinal);
            Assert.Equal(5, explanation.Found);
            Assert.InRange(explanation.Read, 5, FewJobs);
            Assert.Equal(5, (await rare.ToListAsync()).Count);
            Assert.Equal((5, true), (await rare.CountAsync(), await rare.AnyAsync()));

            // Without an order each partition goes on where it began.
            List<int> seen = [];
            await foreach (Job job in tx.Query<Job>()
                .Where(static job => job.Lane == 0 && job.State == "waiting").AsAsyncEnumerable())
            {
                seen.Add(job.Id);
            }

            Assert.Equal(
                Jobs.Where(static job => job.Lane == 0 && job.State == "waiting")
                    .Select(static job => job.Id),
                seen.Order());
        }).Within();
    }

    [Fact]
    public async Task The_first_ones_of_several_values_are_merged_and_not_sorted()
    {
        await PutAsync(Jobs);
        await Memento.TransactionAsync(async tx =>
        {
            ITableQuery<Job> open = tx.Query<Job>()
                .Where(static job => job.State == "waiting" || job.State == "failed");
            Job[] expected =
            [
                .. Jobs.Where(static job => job.State is "waiting" or "failed")
                    .OrderBy(static job => job.Priority).ThenBy(static job => job.Id),
            ];

            IQuery<Job> first = open.OrderBy(static job => job.Priority).Take(10);
            Assert.Equal(expected[..10], await first.ToListAsync());
            QueryExplanation explanation = await first.ExplainAsync();
            Assert.Equal("State_Priority", explanation.Index);
            Assert.Equal("Priority, from index State_Priority", explanation.Order);
            Assert.InRange(explanation.Read, 10, FewJobs);

            string[] listed = ["failed", "waiting", "none"];
            IQuery<Job> last = tx.Query<Job>().Where(job => listed.Contains(job.State))
                .OrderByDescending(static job => job.Priority).Take(10);
            Assert.Equal(expected.Reverse().Take(10), await last.ToListAsync());
            Assert.InRange((await last.ExplainAsync()).Read, 10, FewJobs);

            Assert.Equal(expected, await open.OrderBy(static job => job.Priority).ToListAsync());
            List<Job> paged = [];
            string? after = null;
            do
            {
                Page<Job> page = await open.OrderBy(static job => job.Priority)
                    .ToPageAsync(170, after);
                paged.AddRange(page.Items);
                after = page.Next;
            }
            while (after is not null);
            Assert.Equal(expected, paged);
        }).Within();
    }

    [Fact]
    public async Task Merged_values_lock_what_was_walked_of_each()
    {
        await PutAsync(Jobs);
        OpenTransaction older = await OpenAsync();
        IReadOnlyList<Job> first = await older.Tx.Query<Job>()
            .Where(static job => job.State == "waiting" || job.State == "failed")
            .OrderBy(static job => job.Priority).Take(10).ToListAsync().Within();
        Assert.All(first, static job => Assert.Equal(0, job.Priority));

        // Behind the records that were read, and of a value outside the query.
        await WriteOnceAsync(NewJob(ManyJobs) with { State = "waiting", Priority = 8 });
        await WriteOnceAsync(NewJob(ManyJobs + 1) with { State = "running", Priority = -1 });
        foreach (string state in (string[])["waiting", "failed"])
        {
            await Assert.ThrowsAsync<TransactionConflictException>(() =>
                WriteOnceAsync(NewJob(ManyJobs + 2) with { State = state, Priority = -1 }));
        }

        await older.CommitAsync();

        Task WriteOnceAsync(Job job)
            => Memento.TransactionAsync(async tx => await tx.WriteAsync(job), Once).Within();
    }

    private static Job NewJob(int id) => new()
    {
        Id = id,
        Lane = id % 400 == 1 ? 2 : id % 2,
        Priority = id / 4 % 9,
        RunAfter = id,
        State = JobStates[id % 4],
        Mark = id % 400 == 0 ? "rare" : "common",
    };
}
