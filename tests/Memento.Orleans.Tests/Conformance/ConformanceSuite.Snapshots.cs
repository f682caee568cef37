using System.Runtime.CompilerServices;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>Snapshots: reads that wait for nobody.</summary>
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_snapshot_shows_the_moment_at_which_it_was_taken()
    {
        await PutAsync(NewEntry("a", 1, "g"), NewEntry("b", 2, "g"), NewEntry("c", 3));
        await Memento.SnapshotAsync(async snapshot =>
        {
            await PutAsync(NewEntry("a", 10, "h"), NewEntry("d", 4, "g"));
            await Memento.TransactionAsync(async tx => await tx.DeleteAsync<Entry>("b"));

            Assert.Equal(1, (await snapshot.ReadAsync<Entry>("a"))!.Value);
            Assert.NotNull(await snapshot.ReadAsync<Entry>("b"));
            Assert.Null(await snapshot.ReadAsync<Entry>("d"));
            Assert.Equal(3, await snapshot.CountAsync<Entry>());
            Assert.Equal(["a", "b"], await NamesAsync(snapshot.Query<Entry>()
                .Where(entry => entry.Group == "g").OrderBy(entry => entry.Value)));
            Assert.Equal(
                ["a", "b", "c"],
                (await snapshot.AllAsync<Entry>()).Select(static each => each.Name).Order());
            Assert.Equal(
                ["a", "b", "c"], (await snapshot.AllKeysAsync<Entry>()).Cast<string>().Order());
        }).Within();

        Assert.Equal(["a", "d"], await Memento.SnapshotAsync(async snapshot => await NamesAsync(
            snapshot.Query<Entry>().Where(entry => entry.Value >= 4).OrderBy(entry => entry.Name)))
            .Within());
    }

    [Fact]
    public async Task Every_reader_of_a_snapshot_gives_what_a_transaction_gives()
    {
        await PutAsync([.. Enumerable.Range(0, 40).Select(i => NewEntry($"k{i:00}", i % 7, "g"))]);
        await PutAsync(NewSeat(1), NewSeat(2), NewSeat(5));
        string[] there = await Memento.TransactionAsync(ReadInAllWaysAsync).Within();
        string[] then = await Memento.SnapshotAsync(async snapshot =>
        {
            await Memento.TransactionAsync(async tx =>
            {
                foreach (Entry each in await tx.AllAsync<Entry>())
                    await tx.WriteAsync(each with { Value = each.Value + 100, Group = "other" });
                await tx.WriteAsync(NewSeat(3));
            });
            return await ReadInAllWaysAsync(snapshot);
        }).Within();

        Assert.Equal(there, then);
    }

    [Fact]
    public async Task A_writer_and_a_snapshot_do_not_wait_for_each_other()
    {
        await PutAsync(NewEntry("a", 1, "g"));
        OpenTransaction writer = await OpenAsync();
        await writer.Tx.LockTableAsync<Entry>(LockMode.Write).AsTask().Within();
        await writer.Tx.WriteAsync(NewEntry("a", 2, "g")).Within();
        await Memento.SnapshotAsync(async snapshot =>
        {
            Assert.Equal(1, (await snapshot.ReadAsync<Entry>("a"))!.Value);
            await writer.CommitAsync();
            Assert.Equal(
                1, Assert.Single(await snapshot.SelectAsync<Entry>(e => e.Group == "g")).Value);
        }).Within();

        Assert.Equal(1, writer.Runs);
        Assert.Equal(2, (await GetAsync<Entry>("a"))!.Value);
    }

    [Fact]
    public async Task A_snapshot_has_all_that_was_acknowledged_and_a_higher_stamp()
    {
        long last = 0;
        for (int i = 0; i < 20; i++)
        {
            await PutAsync(NewEntry("a", i));
            await Memento.SnapshotAsync(async snapshot =>
            {
                Assert.Equal(i, (await snapshot.ReadAsync<Entry>("a"))!.Value);
                Assert.True(snapshot.Stamp > last, $"{snapshot.Stamp} after {last}");
                last = snapshot.Stamp;
            }).Within();
        }
    }

    [Fact]
    public async Task Pages_of_a_snapshot_go_on_where_they_ended()
    {
        await PutAsync([.. Enumerable.Range(0, 25).Select(i => NewEntry($"k{i:00}", i, "g"))]);
        await Memento.SnapshotAsync(async snapshot =>
        {
            List<string> seen = [];
            string? next = null;
            do
            {
                Page<Entry> page = await snapshot.PageAsync<Entry>(
                    entry => entry.Group == "g", size: 10, next);
                seen.AddRange(page.Items.Select(static each => each.Name));
                next = page.Next;
                await Memento.TransactionAsync(async tx => await tx.DeleteAsync<Entry>("k24"));
            }
            while (next is not null);

            Assert.Equal(Enumerable.Range(0, 25).Select(static i => $"k{i:00}"), seen);
        }).Within();
    }

    [Fact]
    public async Task Readers_of_a_table_in_the_body_see_the_snapshot_and_its_writers_do_not()
    {
        await PutAsync(NewEntry("a", 1));
        ITable<Entry> table = Memento.Table<Entry>();
        await Memento.SnapshotAsync(async snapshot =>
        {
            await table.PutAsync(NewEntry("a", 2));
            await table.PutAsync(NewEntry("b", 2));
            Assert.Equal(1, (await table.GetAsync("a"))!.Value);
            Assert.False(await table.ExistsAsync("b"));
            Assert.Equal(1, await table.CountAsync());
            Assert.Single(await table.WhereAsync(entry => entry.Value < 9));
            await Memento.TransactionAsync(async tx =>
                Assert.Equal(2, (await table.GetAsync("a"))!.Value));
        }).Within();

        Assert.Equal(2, await table.CountAsync().Within());
    }

    [Fact]
    public async Task An_index_that_is_younger_than_a_snapshot_is_not_used()
    {
        await PutAsync([.. Enumerable.Range(0, 60).Select(i => NewEntry($"k{i:00}", i % 7, "g"))]);
        await Memento.SnapshotAsync(async snapshot =>
        {
            await Memento.Tables.AddIndexAsync<Entry>(entry => entry.Value);
            try
            {
                await PutAsync(NewEntry("k03", 0), NewEntry("new", 3));
                Assert.Equal(
                    Enumerable.Range(0, 60).Where(static i => i % 7 == 3)
                        .Select(static i => $"k{i:00}"),
                    await NamesAsync(snapshot.Query<Entry>()
                        .Where(entry => entry.Value == 3).OrderBy(entry => entry.Name)));
                Assert.Equal(
                    ["k48", "k55"],
                    (await snapshot.Query<Entry>().OrderByDescending(entry => entry.Value)
                        .Take(2).ToListAsync()).Select(static each => each.Name).Order());
            }
            finally
            {
                await Memento.Tables.RemoveIndexAsync<Entry>("Value");
            }
        }).Within();
    }

    [Fact]
    public async Task An_index_that_is_removed_stays_in_an_older_snapshot()
    {
        await PutAsync([.. Enumerable.Range(0, 60).Select(i => NewEntry($"k{i:00}", i % 7, "g"))]);
        await Memento.Tables.AddIndexAsync<Entry>(entry => entry.Value).Within();
        await Memento.SnapshotAsync(async snapshot =>
        {
            await Memento.Tables.RemoveIndexAsync<Entry>("Value");
            await PutAsync(NewEntry("k03", 0));
            Assert.Equal(9, (await snapshot.SelectAsync<Entry>(entry => entry.Value == 3)).Count);
        }).Within();
    }

    [Fact]
    public async Task A_snapshot_that_is_kept_after_its_body_says_so()
    {
        await PutAsync(NewEntry("a", 1, "g"));
        ISnapshot kept = await Memento.SnapshotAsync(static s => Task.FromResult(s)).Within();

        await Assert.ThrowsAsync<SnapshotEndedException>(
            async () => await kept.ReadAsync<Entry>("a"));
        await Assert.ThrowsAsync<SnapshotEndedException>(
            async () => await kept.CountAsync<Entry>());
        await Assert.ThrowsAsync<SnapshotEndedException>(async () =>
        {
            await foreach (Entry each in Stream(kept))
                Assert.Fail(each.Name);
        });
    }

    [Fact]
    public async Task A_snapshot_older_than_its_age_says_so()
    {
        await PutAsync(NewEntry("a", 1, "g"));
        var options = new SnapshotOptions { MaxAge = TimeSpan.FromMilliseconds(1) };
        SnapshotEndedException ended = await Assert.ThrowsAsync<SnapshotEndedException>(
            () => Memento.SnapshotAsync(
                async snapshot =>
                {
                    await Waiting.UntilAsync(
                        async () =>
                        {
                            await snapshot.ReadAsync<Entry>("a");
                            return false;
                        },
                        "the snapshot ends");
                },
                options).Within());
        Assert.Contains("MaxAge", ended.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Memento.SnapshotAsync(
            static _ => Task.CompletedTask, new SnapshotOptions { MaxAge = TimeSpan.Zero }));
    }

    [Fact]
    public async Task Inside_a_transaction_there_is_no_snapshot()
    {
        MementoException error = await Assert.ThrowsAsync<MementoException>(
            () => Memento.TransactionAsync(
                _ => Memento.SnapshotAsync(static _ => Task.CompletedTask)).Within());
        Assert.Contains("inside a transaction", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sum_by_snapshot_never_changes_under_transfers()
    {
        const int Accounts = 24;
        await PutAsync([.. Enumerable.Range(0, Accounts).Select(i => NewEntry($"k{i}", 100))]);
        await PutAsync(NewSeat(1) with { Guest = "0" });
        const int Least = 60;
        int committed = 0;
        using var ending = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (int i = 0; !ending.IsCancellationRequested; i++)
            {
                string from = $"k{random.Next(Accounts)}";
                string to = $"k{random.Next(Accounts)}";
                long amount = random.Next(1, 10);
                if (from == to) continue;

                await Memento.TransactionAsync(async tx =>
                {
                    Entry one = (await tx.ReadAsync<Entry>(from, LockMode.Write))!;
                    Entry other = (await tx.ReadAsync<Entry>(to, LockMode.Write))!;
                    await tx.WriteAsync(one with { Value = one.Value - amount });
                    await tx.WriteAsync(other with { Value = other.Value + amount });
                });
                Interlocked.Increment(ref committed);
            }
        }))];
        HashSet<string> shown = [];
        try
        {
            await LookAsync().WaitAsync(TimeSpan.FromMinutes(1));
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(writers).Within();
        }

        Assert.True(shown.Count > 1, "No snapshot has shown a transfer.");

        async Task LookAsync()
        {
            for (int i = 0; i < Least || Volatile.Read(ref committed) < Least; i++)
            {
                ending.Token.ThrowIfCancellationRequested();
                await Memento.SnapshotAsync(async snapshot =>
                {
                    IReadOnlyList<Entry> all = await snapshot.AllAsync<Entry>();
                    shown.Add(string.Join(
                        ' ',
                        all.OrderBy(static e => e.Name, StringComparer.Ordinal)
                            .Select(static e => e.Value)));
                    Assert.Equal(Accounts * 100, all.Sum(static e => e.Value));
                    await Task.Yield();
                    Assert.Equal(
                        Accounts * 100,
                        await snapshot.Query<Entry>().SumAsync(static e => e.Value));
                }).Within();
            }
        }
    }

    private static async IAsyncEnumerable<Entry> Stream(
        IRecordReader reader,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (Entry each in reader.Query<Entry>().AsAsyncEnumerable()
            .WithCancellation(cancellationToken))
        {
            yield return each;
        }
    }

    private static async Task<string[]> NamesAsync(ITableQuery<Entry> query)
        => [.. (await query.ToListAsync()).Select(static each => each.Name)];

    private static async Task<string[]> ReadInAllWaysAsync(IRecordReader reader)
    {
        List<string> streamed = [];
        await foreach (Entry each in reader.Query<Entry>()
            .OrderBy(entry => entry.Value).ThenBy(entry => entry.Name).Skip(3).AsAsyncEnumerable())
        {
            streamed.Add(each.Name);
        }

        ITableQuery<Entry> ofGroup = reader.Query<Entry>().Where(e => e.Group == "g");
        Seat[] seats = [.. await reader.AllAsync<Seat>()];
        return
        [
            $"{await reader.ReadAsync<Entry>("k03")}",
            $"{(await reader.ReadAllAsync<Entry>("k04")).Single()}",
            $"{await reader.ReadAsync<Entry>("none")}",
            string.Join(' ', streamed),
            string.Join(' ', (await reader.MatchAsync<Entry>(new { Group = "g", Value = 2L }))
                .Select(static each => each.Name).Order()),
            string.Join(' ', (await reader.SelectAsync<Entry, long>(
                entry => entry.Value > 4 && entry.Group != null, static entry => entry.Value))
                .Order()),
            $"{await ofGroup.CountAsync()} {await ofGroup.AnyAsync()}",
            $"{await ofGroup.MinAsync(e => e.Value)} {await ofGroup.MaxAsync(e => e.Value)}",
            $"{await ofGroup.SumAsync(static e => e.Value)}",
            string.Join(' ', seats.Select(static each => each.Number)),
            $"{await reader.FirstKeyAsync<Seat>()} {await reader.LastKeyAsync<Seat>()}",
            $"{await reader.NextKeyAsync<Seat>((seats[0].Hall, 2))}",
            $"{await reader.PreviousKeyAsync<Seat>((seats[0].Hall, 5))}",
            $"{(await reader.AllKeysAsync<Entry>()).Count} {await reader.CountAsync<Entry>()}",
            $"{await reader.FoldAsync<Entry, long>(0, static (sum, each) => sum + each.Value)}",
            $"{(await ofGroup.Where(e => e.Value == 1).ExplainAsync()).Found}",
        ];
    }
}
