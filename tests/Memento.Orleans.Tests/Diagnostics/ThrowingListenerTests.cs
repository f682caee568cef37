using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Memento.Storage;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Tests.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Diagnostics;

/// <summary>A listener never decides what becomes of a transaction or of a batch.</summary>
[Collection(nameof(TelemetryCollection))]
public sealed class ThrowingListenerTests : IAsyncLifetime
{
    private FaultySilo _silo = null!;

    public async ValueTask InitializeAsync()
        => _silo = await FaultySilo.StartAsync<SqliteUnderTest>();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task A_batch_is_kept_though_a_listener_to_metrics_throws()
    {
        using var listener = new ThrowingMeterListener(_silo.Services);

        await WriteAsync(1).Within();

        await CheckAsync(listener);
    }

    [Fact]
    public async Task A_batch_in_doubt_is_settled_though_a_listener_to_metrics_throws()
    {
        using var listener = new ThrowingMeterListener(_silo.Services);
        _silo.Faults.WriteAndFailNext(
            new BatchInDoubtException("Perhaps.", FaultyStorage.DiskFailure));

        await WriteAsync(1).Within();

        Assert.Equal(1, _silo.Faults.Settlements);
        await CheckAsync(listener);
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("started")]
    [InlineData("stopped")]
    public async Task A_transaction_commits_though_a_listener_to_activities_throws(string when)
    {
        using Activity root = new Activity("test").Start();
        int thrown = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == MementoTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
            {
                ThrowAt("sample", options.TraceId);
                return options.TraceId == root.TraceId
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None;
            },
            ActivityStarted = activity => ThrowAt("started", activity.TraceId),
            ActivityStopped = activity => ThrowAt("stopped", activity.TraceId),
        };
        ActivitySource.AddActivityListener(listener);

        Activity? inBody = null;
        await _silo.Inside.TransactionAsync(async tx =>
        {
            inBody = Activity.Current;
            await tx.WriteAsync(new DiskAccount { Id = 1, Balance = 1 });
        }).Within();

        // The transaction, its attempt, its commit, the seal and the append.
        Assert.Equal(5, thrown);
        Assert.Same(root, Activity.Current);
        if (when != "stopped") Assert.Same(root, inBody);
        await _silo.CheckIdleAsync();
        await WriteAsync(2).Within();

        void ThrowAt(string place, ActivityTraceId trace)
        {
            if (place != when || trace != root.TraceId) return;
            Interlocked.Increment(ref thrown);
            throw new PlainException("The listener fails.");
        }
    }

    private Task WriteAsync(int balance)
        => _silo.Inside.TransactionAsync(
            async tx => { await tx.WriteAsync(new DiskAccount { Id = 1, Balance = balance }); });

    private async Task CheckAsync(ThrowingMeterListener listener)
    {
        Assert.Contains("memento.journal.batch.size", listener.Thrown);
        Assert.Contains("memento.journal.write.duration", listener.Thrown);
        Assert.Contains("memento.transaction.commits", listener.Thrown);
        Assert.DoesNotContain("memento.transaction.aborts", listener.Thrown);
        DiskAccount? kept = await _silo.Inside.TransactionAsync(
            async tx => await tx.ReadAsync<DiskAccount>(1)).Within();
        Assert.Equal(1, kept?.Balance);
        await _silo.CheckIdleAsync();
    }

    /// <summary>Throws at each measurement of one store.</summary>
    private sealed class ThrowingMeterListener : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<string> _thrown = new();

        public ThrowingMeterListener(IServiceProvider services)
        {
            var factory = services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == MementoTelemetry.Name
                    && ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => Throw(instrument));
            _listener.SetMeasurementEventCallback<int>((instrument, _, _, _) => Throw(instrument));
            _listener.SetMeasurementEventCallback<double>(
                (instrument, _, _, _) => Throw(instrument));
            _listener.Start();
        }

        /// <summary>The instruments at whose measurements it has thrown.</summary>
        public IReadOnlyCollection<string> Thrown => _thrown;

        public void Dispose() => _listener.Dispose();

        private void Throw(Instrument instrument)
        {
            _thrown.Enqueue(instrument.Name);
            throw new PlainException("The listener fails.");
        }
    }
}
