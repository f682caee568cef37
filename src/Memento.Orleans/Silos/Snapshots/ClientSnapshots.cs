using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Snapshots;
using Memento.Tables;

namespace Memento.Silos.Snapshots;

/// <summary>Takes snapshots from a client: a silo takes and keeps them.</summary>
internal sealed class ClientSnapshots(
    IGrainFactory grains, HybridClock clock, StoreLifetime lifetime, TimeProvider time)
    : ISnapshots
{
    public async ValueTask<IOpenSnapshot> TakeAsync(
        TimeSpan maxAge, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        for (TimeSpan pause = BackOff.First; ; pause = BackOff.After(pause))
        {
            lifetime.ThrowIfNotRunning();

            // Another one each time: a lost answer may be of one that was taken. Its silo ends it.
            ISnapshotGrain grain = grains.GetGrain<ISnapshotGrain>(Guid.NewGuid());
            try
            {
                long stamp = await grain.TakeAsync(maxAge, clock.Now).WaitAsync(cancellationToken)
                    .ConfigureAwait(false);
                clock.Observe(stamp);
                return new ClientSnapshot(grain, stamp, time);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                grain.EndAsync().Ignore();
                throw;
            }
            catch (Exception exception) when (
                StoreLifetime.IsUnreachable(exception, cancellationToken))
            {
                if (time.GetElapsedTime(began) >= SnapshotLimits.LongestTry)
                {
                    throw new StoreUnavailableException(
                        $"No silo took a snapshot for this client: {exception.Message} Take it "
                        + "again when a silo is reached.",
                        exception);
                }
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>A snapshot that this client reads through a silo.</summary>
internal sealed class ClientSnapshot : IOpenSnapshot
{
    private readonly ISnapshotGrain _grain;
    private readonly ITimer _renewal;
    private bool _hasEnded;

    public ClientSnapshot(ISnapshotGrain grain, long stamp, TimeProvider time)
    {
        _grain = grain;
        Stamp = stamp;
        TimeSpan interval = SnapshotLimits.LongestSilence / 3;
        _renewal = time.CreateTimer(
            static grain => ((ISnapshotGrain)grain!).RenewAsync().Ignore(),
            grain,
            interval,
            interval);
    }

    public long Stamp { get; }

    public bool SharesMemory => false;

    public async ValueTask<TResult> ReadAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
    {
        SnapshotAnswer answer;
        try
        {
            answer = await _grain.ReadAsync(new SnapshotRead
            {
                Snapshot = Guid.Empty,
                Table = table.Name,
                Number = number,
                Operation = operation,
                Registration = table.Registration,
            }).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            StoreLifetime.IsUnreachable(exception, cancellationToken))
        {
            throw new SnapshotEndedException(
                $"The silo that has the snapshot did not answer: {exception.Message} Take another "
                + "snapshot.",
                exception);
        }

        if (answer.Error is { } error) throw error;
        return operation.Codec.Decode(table, answer.Answer!);
    }

    public void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, true)) return;

        _renewal.Dispose();

        // A silo that does not hear it ends the snapshot when it hears nothing any more.
        _grain.EndAsync().Ignore();
    }
}
