using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Snapshots;
using Memento.Tables;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace Memento.Silos.Snapshots;

/// <inheritdoc cref="ISnapshotGrain"/>
[Reentrant]
[PreferLocalPlacement]
[GrainDirectory(StoreDirectory.Name)]
internal sealed class SnapshotGrain(
    SiloSnapshots snapshots, TableRegistry tables, HybridClock clock, TimeProvider time)
    : Grain, ISnapshotGrain
{
    /// <summary>How often it looks whether the client was heard.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private SiloSnapshot? _snapshot;
    private long _heardAt;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _heardAt = time.GetTimestamp();
        this.RegisterGrainTimer(EndIfSilent, new GrainTimerCreationOptions
        {
            DueTime = LookInterval,
            Period = LookInterval,
        });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(
        DeactivationReason reason, CancellationToken cancellationToken)
    {
        End();
        return Task.CompletedTask;
    }

    public async Task<long> TakeAsync(TimeSpan maxAge, long clientClock)
    {
        SnapshotLimits.RequireMaxAge(maxAge, nameof(maxAge));
        clock.Observe(clientClock);
        SiloSnapshot taken = await snapshots.OpenAsync(maxAge, CancellationToken.None);
        _heardAt = time.GetTimestamp();
        if (_snapshot is not null)
        {
            taken.End();
            throw new MementoException("A snapshot is taken once.");
        }

        _snapshot = taken;
        return taken.Stamp;
    }

    public Task<SnapshotAnswer> ReadAsync(SnapshotRead request)
    {
        _heardAt = time.GetTimestamp();

        // Away from the grain, so that long reads are side by side.
        return _snapshot is { } snapshot
            ? Task.Run(() => ReadAsync(snapshot, request))
            : Task.FromResult(new SnapshotAnswer
            {
                Error = new SnapshotEndedException(SnapshotEnds.UnknownToSilos),
            });
    }

    public Task RenewAsync()
    {
        _heardAt = time.GetTimestamp();
        return Task.CompletedTask;
    }

    public Task EndAsync()
    {
        End();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task<SnapshotAnswer> ReadAsync(SiloSnapshot snapshot, SnapshotRead request)
    {
        try
        {
            TableDefinition table = tables.Get(request.Table);
            table.Registration.Require(request.Table, request.Registration);
            Operation operation = request.Operation ?? throw new MementoException(
                "A client's read of a snapshot does not say what to read.");
            return new SnapshotAnswer
            {
                Answer = await operation.AnswerAsync(
                    new Target(snapshot, table, request.Number)),
            };
        }
        catch (Exception error)
        {
            return new SnapshotAnswer { Error = error };
        }
    }

    private Task EndIfSilent(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_heardAt) >= SnapshotLimits.LongestSilence)
        {
            End();
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    private void End()
    {
        _snapshot?.End();
        _snapshot = null;
    }

    private sealed class Target(SiloSnapshot snapshot, TableDefinition table, int number)
        : IOperationTarget
    {
        public TableDefinition Table => table;

        public ValueTask<TResult> ExecuteAsync<TResult>(Operation<TResult> operation)
            => snapshot.ReadAsync(table, number, operation, CancellationToken.None);
    }
}
