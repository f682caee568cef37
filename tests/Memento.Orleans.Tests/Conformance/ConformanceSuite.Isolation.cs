using System.Diagnostics;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Readers_of_one_key_do_not_wait_for_each_other()
    {
        await PutAsync(NewEntry("k", 1));
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();

        Assert.Equal(1, (await younger.Tx.ReadAsync<Entry>("k").Within())!.Value);
        Assert.Equal(1, (await older.Tx.ReadAsync<Entry>("k").Within())!.Value);
        Assert.Null(await younger.Tx.ReadAsync<Entry>("absent").Within());
        Assert.Null(await older.Tx.ReadAsync<Entry>("absent").Within());

        await older.CommitAsync();
        await younger.CommitAsync();
        Assert.Equal((1, 1), (older.Runs, younger.Runs));
    }

    [Fact]
    public async Task Writers_of_different_keys_do_not_wait_for_each_other()
    {
        // More keys than partitions, so that both write in each partition.
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        for (int i = 0; i < 8; i++)
        {
            await younger.Tx.WriteAsync(NewEntry($"younger {i}", i, "g")).Within();
            await older.Tx.WriteAsync(NewEntry($"older {i}", i, "g")).Within();
        }

        await older.CommitAsync();
        await younger.CommitAsync();
        Assert.Equal((1, 1), (older.Runs, younger.Runs));
        Assert.Equal(16, (await GetAllAsync<Entry>()).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_older_reader_waits_for_a_writer_and_sees_what_it_leaves(bool commits)
    {
        await PutAsync(NewEntry("k", 1));
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.WriteAsync(NewEntry("k", 2)).Within();

        Task<Entry?> reading = older.Tx.ReadAsync<Entry>("k").AsTask();
        await UntilWaitingAsync(older.Tx);
        Assert.False(reading.IsCompleted);
        await (commits ? younger.CommitAsync() : younger.AbortAsync());

        Assert.Equal(commits ? 2 : 1, (await reading.Within())!.Value);
        await older.CommitAsync();
        Assert.Equal(1, older.Runs);
    }

    [Fact]
    public async Task A_younger_reader_with_one_attempt_fails_and_hears_against_whom()
    {
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("k", 2)).Within();
        int runs = 0;

        var conflict = await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx =>
                {
                    runs++;
                    await tx.ReadAsync<Entry>("k");
                },
                Once).Within());

        Assert.Equal(1, runs);
        Assert.Contains($"{older.Tx.Id}", conflict.Message, StringComparison.Ordinal);
        Assert.Contains(
            "read lock on key 'k' of table 'Entry'", conflict.Message, StringComparison.Ordinal);
        Assert.Contains("lost 1 of 1 attempts", conflict.Message, StringComparison.Ordinal);
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_younger_reader_without_a_limit_runs_again_and_sees_the_value()
    {
        await PutAsync(NewEntry("k", 1));
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("k", 2)).Within();
        int runs = 0;

        Task<Entry?> younger = Memento.TransactionAsync(async tx =>
        {
            Interlocked.Increment(ref runs);
            return await tx.ReadAsync<Entry>("k");
        });
        await Waiting.UntilAsync(() => Volatile.Read(ref runs) >= 3, "the body runs again");
        Assert.False(younger.IsCompleted);
        await older.CommitAsync();

        Assert.Equal(2, (await younger.Within())!.Value);
    }

    [Fact]
    public async Task MaxAttempts_is_how_often_the_body_runs_at_the_most()
    {
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("k", 2)).Within();
        int runs = 0;

        var conflict = await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx =>
                {
                    runs++;
                    await tx.WriteAsync(NewEntry("k", 3));
                },
                new TransactionOptions { MaxAttempts = 4 }).Within());

        Assert.Equal(4, runs);
        Assert.Contains("lost 4 of 4 attempts", conflict.Message, StringComparison.Ordinal);
        await older.CommitAsync();
    }

    [Fact]
    public async Task Two_that_read_and_then_write_a_key_both_count()
    {
        await PutAsync(NewEntry("k", 0));
        Signal[] haveRead = [new(), new()];
        int[] runs = [0, 0];

        Task IncrementAsync(int self) => Memento.TransactionAsync(async tx =>
        {
            runs[self]++;
            Entry entry = (await tx.ReadAsync<Entry>("k"))!;
            haveRead[self].Set();
            await haveRead[1 - self].WaitAsync();
            await tx.WriteAsync(entry with { Value = entry.Value + 1 });
        });

        await Task.WhenAll(IncrementAsync(0), IncrementAsync(1)).Within();

        Assert.Equal(2, (await GetAsync<Entry>("k"))!.Value);
        Assert.Equal(1, runs.Min());
        Assert.True(runs.Max() > 1, "Both read the old value, so one must have run again.");
    }

    [Fact]
    public async Task Many_increments_side_by_side_all_count()
    {
        await PutAsync(NewEntry("k", 0));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                await Memento.TransactionAsync(async tx =>
                {
                    Entry entry = (await tx.ReadAsync<Entry>("k"))!;
                    await tx.WriteAsync(entry with { Value = entry.Value + 1 });
                });
            }
        }))).Within();

        Assert.Equal(40, (await GetAsync<Entry>("k"))!.Value);
    }

    [Theory]
    [MemberData(nameof(Scans))]
    public async Task A_scan_keeps_younger_inserts_out(Scan scan)
    {
        await PutAsync(NewEntry("a", 1, "g"), NewEntry("b", 2, "g"));
        OpenTransaction older = await OpenAsync();
        IReadOnlyList<string> first = await ScanAsync(older.Tx, scan);

        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(NewEntry("c", 3, "g")), Once).Within());
        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.DeleteAsync<Entry>("a"), Once).Within());

        Assert.Equal(first, await ScanAsync(older.Tx, scan));
        await older.CommitAsync();
    }

    [Theory]
    [MemberData(nameof(Scans))]
    public async Task An_older_insert_waits_for_a_scan(Scan scan)
    {
        await PutAsync(NewEntry("a", 1, "g"));
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        IReadOnlyList<string> first = await ScanAsync(younger.Tx, scan);

        Task<Entry> inserting = older.Tx.WriteAsync(NewEntry("c", 3, "g")).AsTask();
        await UntilWaitingAsync(older.Tx);
        Assert.Equal(first, await ScanAsync(younger.Tx, scan));
        Assert.False(inserting.IsCompleted);
        await younger.CommitAsync();

        await inserting.Within();
        await older.CommitAsync();
        Assert.Equal((1, 1), (older.Runs, younger.Runs));
        Assert.Equal(2, (await GetAllAsync<Entry>()).Count);
    }

    [Theory]
    [MemberData(nameof(Scans))]
    public async Task A_scan_does_not_see_what_is_not_committed(Scan scan)
    {
        await PutAsync(NewEntry("a", 1, "g"), NewEntry("b", 1, "g"), NewEntry("moved", 1, "other"));
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("c", 3, "g")).Within();
        await older.Tx.DeleteAsync<Entry>("a").Within();

        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(tx => ScanAsync(tx, scan), Once).Within());
        Task<IReadOnlyList<string>> scanning = Memento.TransactionAsync(tx => ScanAsync(tx, scan));
        Assert.False(scanning.IsCompleted);
        await older.AbortAsync();

        string[] expected = scan switch
        {
            Scan.Count => ["1", "2", "3"],
            Scan.Index or Scan.Match => ["a", "b"],
            _ => ["a", "b", "moved"],
        };
        Assert.Equal(expected, await scanning.Within());
    }

    [Fact]
    public async Task A_locked_absent_key_stays_absent()
    {
        OpenTransaction older = await OpenAsync();
        Assert.Null(await older.Tx.ReadAsync<Entry>("absent").Within());
        Assert.Empty(await older.Tx.ReadAllAsync<Entry>("absent").Within());

        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(NewEntry("absent", 1)), Once).Within());

        Assert.Null(await older.Tx.ReadAsync<Entry>("absent").Within());
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_read_with_a_write_lock_keeps_readers_out()
    {
        await PutAsync(NewEntry("k", 1));
        OpenTransaction older = await OpenAsync();
        await older.Tx.ReadAsync<Entry>("k", LockMode.Write).Within();

        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.ReadAsync<Entry>("k"), Once).Within());
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_table_write_lock_keeps_every_record_operation_out()
    {
        await PutAsync(NewEntry("k", 1, "g"));
        OpenTransaction older = await OpenAsync();
        await older.Tx.AllAsync<Entry>(LockMode.Write).Within();
        Func<ITransaction, Task>[] operations =
        [
            async tx => await tx.ReadAsync<Entry>("k"),
            async tx => await tx.ReadAllAsync<Entry>("k"),
            async tx => await tx.ReadAsync<Entry>("absent"),
            async tx => await tx.WriteAsync(NewEntry("new", 1)),
            async tx => await tx.DeleteAsync<Entry>("k"),
            async tx => await tx.DeleteRecordAsync(NewEntry("k", 1, "g")),
            async tx => await ScanAsync(tx, Scan.All),
            async tx => await ScanAsync(tx, Scan.Index),
            async tx => await ScanAsync(tx, Scan.Count),
        ];

        foreach (Func<ITransaction, Task> operation in operations)
        {
            await Assert.ThrowsAsync<TransactionConflictException>(
                () => Memento.TransactionAsync(operation, Once).Within());
        }

        await older.CommitAsync();
    }

    [Fact]
    public async Task A_table_write_lock_waits_for_the_record_operations_that_run()
    {
        await PutAsync(NewEntry("k", 1, "g"));
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.WriteAsync(NewEntry("k", 2, "g")).Within();

        Task<IReadOnlyList<Entry>> locking = older.Tx.AllAsync<Entry>(LockMode.Write).AsTask();
        await UntilWaitingAsync(older.Tx);
        Assert.False(locking.IsCompleted);
        await younger.CommitAsync();

        Assert.Equal(2, Assert.Single(await locking.Within()).Value);
        await older.CommitAsync();
    }

    [Fact]
    public async Task Two_that_lock_two_keys_in_opposite_order_both_finish_soon()
    {
        Signal[] haveFirst = [new(), new()];
        long started = Stopwatch.GetTimestamp();

        Task WriteBothAsync(int self) => Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry($"k{self}", self));
            haveFirst[self].Set();
            await haveFirst[1 - self].WaitAsync();
            await tx.WriteAsync(NewEntry($"k{1 - self}", self));
        });

        await Task.WhenAll(WriteBothAsync(0), WriteBothAsync(1)).Within();

        // Orleans' own states wait 10 s for each other; a slow machine still takes well below 5.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        IReadOnlyList<Entry> left = await GetAllAsync<Entry>();
        Assert.Equal(2, left.Count);
        Assert.Equal(left[0].Value, left[1].Value);
    }

    public static TheoryData<Scan> Scans() => [.. Enum.GetValues<Scan>()];
}
