using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Tests.Sqlite;

namespace Memento.Tests.Diagnostics;

public sealed class MetricTests : IAsyncLifetime
{
    private FaultySilo _silo = null!;
    private MetricLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        _log = new MetricLog(_silo.Services);
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_is_counted_with_its_batch_and_the_time_of_the_storage()
    {
        await WriteAsync(_silo.Inside, new DiskAccount { Id = 1 });

        Assert.Equal(1, _log.Sum("memento.transaction.commits"));
        Assert.Equal([1], _log.Of("memento.journal.batch.size").Select(each => each.Value));
        MetricSample write = Assert.Single(_log.Of("memento.journal.write.duration"));
        Assert.InRange(write.Value, 0, Waiting.Bound.TotalSeconds);
        Assert.Equal(["memento.result=kept"], write.Tags);
        Assert.Empty(_log.Of("memento.transaction.aborts"));
        Assert.Empty(_log.Of("memento.transaction.retries"));
    }

    [Theory]
    [InlineData("aborted")]
    [InlineData("error")]
    [InlineData("cancelled")]
    [InlineData("timeout")]
    [InlineData("conflict")]
    [InlineData("storage")]
    public async Task An_abort_is_counted_with_its_reason(string reason)
    {
        await Record.ExceptionAsync(() => AbortAsync(reason).Within());

        MetricSample abort = Assert.Single(_log.Of("memento.transaction.aborts"));
        Assert.Equal(1, abort.Value);
        Assert.Equal([$"memento.reason={reason}"], abort.Tags);
        Assert.Equal(0, _log.Sum("memento.transaction.commits"));
    }

    [Fact]
    public async Task A_second_run_of_a_body_is_counted()
    {
        int runs = 0;

        await _silo.Inside.TransactionAsync(_ => ++runs == 1
            ? Task.FromException(new TransactionConflictException("The test lost."))
            : Task.CompletedTask);

        Assert.Equal(1, _log.Sum("memento.transaction.retries"));
        Assert.Equal(1, _log.Sum("memento.transaction.commits"));
    }

    [Fact]
    public async Task A_run_that_does_not_come_is_not_counted()
    {
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _silo.Inside.TransactionAsync(
                _ =>
                {
                    cancellation.Cancel();
                    throw new TransactionConflictException("The test lost.");
                },
                options: null,
                cancellation.Token));

        Assert.Empty(_log.Of("memento.transaction.retries"));
    }

    [Fact]
    public async Task A_wait_whose_transaction_ends_got_no_lock()
    {
        var leave = new TaskCompletionSource();
        using var scene = new LockedRecord(_silo.Inside, leave.Task);
        await scene.ReachedAsync(_silo);

        leave.SetResult();

        await Waiting.UntilAsync(
            () => _log.Of("memento.lock.wait.duration").Length == 1, "the wait has ended");
        Assert.Equal(
            ["memento.table=RamAccount", "memento.result=ended"],
            _log.Of("memento.lock.wait.duration")[0].Tags);
        await Assert.ThrowsAsync<PlainException>(scene.EndAsync);
    }

    [Fact]
    public async Task A_wait_for_a_lock_is_timed_with_its_table()
    {
        using var scene = new LockedRecord(_silo.Inside);
        await scene.ReachedAsync(_silo);
        await scene.EndAsync();

        MetricSample wait = Assert.Single(_log.Of("memento.lock.wait.duration"));
        Assert.True(wait.Value > 0);
        Assert.Equal(["memento.table=RamAccount", "memento.result=granted"], wait.Tags);
    }

    [Fact]
    public async Task A_client_counts_its_transactions_and_messages_itself()
    {
        using var log = new MetricLog(_silo.ClientServices);

        await WriteAsync(_silo.Client, new RamAccount { Id = 1 });

        Assert.Equal(1, log.Sum("memento.transaction.commits"));
        Assert.Equal(1, log.Sum("memento.messages.sent", "memento.message=execute"));
        Assert.Equal(1, log.Sum("memento.messages.sent", "memento.message=commit"));
        Assert.Equal(0, _log.Sum("memento.transaction.commits"));
        Assert.Equal(0, _log.Sum("memento.messages.sent"));
    }

    [Fact]
    public async Task What_there_is_can_be_observed()
    {
        await WriteAsync(_silo.Inside, new RamAccount { Id = 1 });
        await WriteAsync(_silo.Inside, new RamAccount { Id = 2 });
        var end = new TaskCompletionSource();
        Task running = _silo.Inside.TransactionAsync(_ => end.Task);

        Assert.Equal(2, _log.Observe("memento.records", "memento.table=RamAccount"));
        Assert.True(_log.Observe("memento.records.size", "memento.table=RamAccount") > 0);
        Assert.InRange(_log.Observe("memento.partitions", "memento.table=RamAccount"), 1, 2);
        Assert.Equal(1, _log.Observe("memento.transaction.running"));

        end.SetResult();
        await running.Within();
        Assert.Equal(0, _log.Observe("memento.transaction.running"));
    }

    [Fact]
    public async Task Snapshots_and_what_they_keep_can_be_observed()
    {
        await WriteAsync(_silo.Inside, new RamAccount { Id = 1 });
        Check(snapshots: 0, keepsRecords: false);
        foreach (IMemento memento in new[] { _silo.Inside, _silo.Client })
        {
            await memento.SnapshotAsync(async _ =>
            {
                Check(snapshots: 1, keepsRecords: false);
                await WriteAsync(_silo.Inside, new RamAccount { Id = 1, Balance = 7 });
                Check(snapshots: 1, keepsRecords: true);
                await memento.SnapshotAsync(_ =>
                {
                    Check(snapshots: 2, keepsRecords: true);
                    return Task.CompletedTask;
                });
            }).Within();
            await Waiting.UntilAsync(
                () => _log.Observe("memento.snapshots") == 0, "the snapshots have ended");
            Check(snapshots: 0, keepsRecords: false);
        }

        void Check(int snapshots, bool keepsRecords)
        {
            Assert.Equal(snapshots, _log.Observe("memento.snapshots"));
            Assert.Equal(keepsRecords, _log.Observe("memento.snapshots.size") > 0);
        }
    }

    [Fact]
    public async Task What_waits_for_the_storage_can_be_observed()
    {
        await WriteAsync(_silo.Inside, new DiskAccount { Id = 1 });
        _silo.Faults.Block();
        Task first = WriteAsync(_silo.Inside, new DiskAccount { Id = 2 });
        await _silo.Faults.Reached.Within();
        Task second = WriteAsync(_silo.Inside, new DiskAccount { Id = 3 });
        await Waiting.UntilAsync(
            () => _log.Observe("memento.journal.queue") == 1, "the second one is queued");

        _silo.Faults.Unblock();
        await Task.WhenAll(first, second).Within();
        Assert.Equal(0, _log.Observe("memento.journal.queue"));
    }

    private static Task WriteAsync<T>(IMemento memento, T record)
        where T : class
        => memento.TransactionAsync(async tx => { await tx.WriteAsync(record); }).Within();

    private Task AbortAsync(string reason)
    {
        IMemento memento = _silo.Inside;
        switch (reason)
        {
            case "aborted":
                return memento.TransactionAsync(tx =>
                {
                    tx.Abort("The test says so.");
                    return Task.CompletedTask;
                });
            case "error":
                return memento.TransactionAsync(_ => throw new PlainException("The body fails."));
            case "cancelled":
                var cancelled = new CancellationToken(canceled: true);
                return memento.TransactionAsync(_ => Task.CompletedTask, null, cancelled);
            case "timeout":
                return memento.TransactionAsync(
                    _ => new TaskCompletionSource().Task,
                    new TransactionOptions { Timeout = TimeSpan.FromMilliseconds(1) });
            case "conflict":
                return memento.TransactionAsync(
                    _ => throw new TransactionConflictException("The test lost."),
                    new TransactionOptions { MaxAttempts = 1 });
            default:
                _silo.Faults.FailNext(FaultyStorage.DiskFailure);
                return WriteAsync(memento, new DiskAccount { Id = 1 });
        }
    }
}
