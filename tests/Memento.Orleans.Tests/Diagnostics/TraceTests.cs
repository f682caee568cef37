using System.Diagnostics;
using Memento.Diagnostics;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Tests.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Diagnostics;

[Collection(nameof(TelemetryCollection))]
public sealed class TraceTests
{
    [Fact]
    public async Task A_transaction_is_traced_through_its_attempts_to_the_storage()
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        using var trace = new TraceLog();
        int runs = 0;

        await silo.Inside.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new DiskAccount { Id = 1 });
            if (++runs == 1) throw new TransactionConflictException("The test lost.");
        });

        Assert.Equal(
            [
                "memento.transaction",
                "memento.transaction/memento.attempt",
                "memento.transaction/memento.attempt",
                "memento.transaction/memento.attempt/memento.commit",
                "memento.transaction/memento.attempt/memento.commit/memento.seal",
                "memento.transaction/memento.attempt/memento.commit/memento.append",
            ],
            trace.Ended.Select(trace.PathOf));
        Activity[] attempts = trace.Named("memento.attempt");
        Assert.Equal([1, 2], attempts.Select(static each => each.GetTagItem("memento.attempt")));
        Assert.Equal(
            attempts[1].GetTagItem("memento.transaction.id"),
            trace.Named("memento.commit")[0].GetTagItem("memento.transaction.id"));
        Assert.Equal(["conflict", "committed"], attempts.Select(Outcome));
        Assert.Equal("committed", Outcome(trace.Named("memento.transaction")[0]));
    }

    [Theory]
    [InlineData("aborted")]
    [InlineData("error")]
    [InlineData("cancelled")]
    public async Task An_attempt_says_how_it_ended(string outcome)
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        using var trace = new TraceLog();

        await Record.ExceptionAsync(() => silo.Inside.TransactionAsync(tx =>
        {
            if (outcome == "error") throw new PlainException("The body fails.");
            if (outcome == "cancelled") throw new OperationCanceledException();
            tx.Abort("The test says so.");
            return Task.CompletedTask;
        }).Within());

        Assert.Equal(outcome, Outcome(Assert.Single(trace.Named("memento.attempt"))));
        Assert.Equal(outcome, Outcome(Assert.Single(trace.Named("memento.transaction"))));
    }

    [Fact]
    public async Task A_clients_transaction_is_traced_into_the_silo()
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>(
            static silo => silo.AddActivityPropagation(),
            static client => client.AddActivityPropagation());
        await silo.Client.TransactionAsync(async tx => await tx.ReadAsync<DiskAccount>(1));
        using var orleans = ListenToOrleans();
        using var trace = new TraceLog();

        await silo.Client.TransactionAsync(
            async tx => { await tx.WriteAsync(new DiskAccount { Id = 1 }); });

        Activity execute = Assert.Single(trace.Named("memento.execute"));
        Activity attempt = Assert.Single(trace.Named("memento.attempt"));
        Activity commit = Assert.Single(trace.Named("memento.commit"));
        Assert.Equal("DiskAccount", execute.GetTagItem("memento.table"));
        Assert.Equal(1, execute.GetTagItem("memento.operations"));
        Assert.Equal(
            attempt.GetTagItem("memento.transaction.id"),
            execute.GetTagItem("memento.transaction.id"));
        Assert.Equal("committed", Outcome(commit));
        Assert.Equal(attempt.TraceId, execute.TraceId);
        Assert.Equal(attempt.TraceId, commit.TraceId);
    }

    [Fact]
    public async Task An_error_is_on_its_transaction()
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        using var trace = new TraceLog();
        silo.Faults.FailNext(FaultyStorage.DiskFailure);

        await Record.ExceptionAsync(() => silo.Inside.TransactionAsync(
            async tx => { await tx.WriteAsync(new DiskAccount { Id = 1 }); }));

        Activity transaction = Assert.Single(trace.Named("memento.transaction"));
        Assert.Equal("storage", Outcome(transaction));
        Assert.Equal("storage", Outcome(Assert.Single(trace.Named("memento.commit"))));
        Assert.Equal(ActivityStatusCode.Error, transaction.Status);
    }

    /// <summary>What is measured is not even made: the hot path pays a comparison.</summary>
    [Fact]
    public void Nothing_is_made_where_nobody_listens()
    {
        using ServiceProvider services =
            new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = ActivatorUtilities.CreateInstance<StoreMetrics>(services, "silo");
        using var tracing = new StoreTracing();
        Exception error = new InvalidOperationException();
        UseAll(metrics, tracing, error);

        long before = GC.GetAllocatedBytesForCurrentThread();
        UseAll(metrics, tracing, error);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.False(metrics.WatchesLockWaits);
        Assert.False(tracing.IsOn);
    }

    private static void UseAll(StoreMetrics metrics, StoreTracing tracing, Exception error)
    {
        metrics.Committed();
        metrics.Aborted(AbortReason.Conflict);
        metrics.Retried();
        metrics.Sent(MessageName.Execute);
        metrics.LockWaited("table", TimeSpan.FromSeconds(1), isGranted: false, error);
        metrics.BatchWritten(1, TimeSpan.FromSeconds(1), isKept: true);
        Assert.False(tracing.StartTransaction().IsOn);
        Assert.False(tracing.StartAttempt(1).IsOn);
        Assert.False(tracing.StartExecute(Guid.Empty, "table", 1, 1).IsOn);
        Assert.False(tracing.StartCommit(Guid.Empty, 1).IsOn);
        Assert.False(tracing.StartSeal().IsOn);
        Assert.False(tracing.StartAppend().IsOn);
        default(StoreActivity).End(AbortReason.Error, error);
    }

    /// <summary>Orleans carries an activity along where somebody listens to its own.</summary>
    private static ActivityListener ListenToOrleans()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source =>
                source.Name == "Microsoft.Orleans.Application",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static object? Outcome(Activity activity) => activity.GetTagItem("memento.outcome");
}
