using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Snapshots;
using Memento.Tables;

namespace Memento.Silos.Snapshots;

/// <summary>
/// Takes snapshots from a client: a silo takes and keeps them. Bodies that begin while one is being
/// taken share the next one.
/// </summary>
internal sealed class ClientSnapshots(ClientCuts cuts, StoreLifetime lifetime, TimeProvider time)
    : ISnapshots
{
    private readonly SharedTaking<ClientCut> _taking =
        new(cuts.TakeAsync, static cut => cut.Leave(), time);

    public async ValueTask<IOpenSnapshot> TakeAsync(
        TimeSpan maxAge, CancellationToken cancellationToken)
    {
        lifetime.ThrowIfNotRunning();
        ClientCut cut = await _taking.TakeAsync(maxAge, cancellationToken).ConfigureAwait(false);
        return new ClientSnapshot(cut, maxAge);
    }
}

/// <summary>Has silos take cuts for this client.</summary>
internal sealed class ClientCuts(
    IGrainFactory grains, HybridClock clock, StoreLifetime lifetime, TimeProvider time)
{
    /// <summary>Takes one.</summary>
    /// <param name="maxAge">How long it lives at the most.</param>
    /// <param name="readers">How many bodies will read it.</param>
    public async Task<ClientCut> TakeAsync(TimeSpan maxAge, int readers)
    {
        long began = time.GetTimestamp();
        for (TimeSpan pause = BackOff.First; ; pause = BackOff.After(pause))
        {
            lifetime.ThrowIfNotRunning();

            // Another one each time: a lost answer may be of one that was taken. Its silo ends it.
            ISnapshotGrain grain = grains.GetGrain<ISnapshotGrain>(Guid.NewGuid());
            long asked = time.GetTimestamp();
            try
            {
                long stamp = await grain.TakeAsync(maxAge, clock.Now).ConfigureAwait(false);
                clock.Observe(stamp);
                return new ClientCut(grain, stamp, readers, asked, time);
            }
            catch (Exception exception) when (StoreLifetime.IsUnreachable(exception))
            {
                if (time.GetElapsedTime(began) >= SnapshotLimits.LongestTry)
                {
                    throw new StoreUnavailableException(
                        $"No silo took a snapshot for this client: {exception.Message} Take it "
                        + "again when a silo is reached.",
                        exception);
                }
            }

            await Task.Delay(pause, time).ConfigureAwait(false);
        }
    }
}

/// <summary>A cut that a silo keeps while bodies of this client read it.</summary>
internal sealed class ClientCut
{
    private readonly TimeProvider _time;
    private readonly long _askedAt;
    private readonly ITimer _renewal;
    private int _readers;

    public ClientCut(
        ISnapshotGrain grain, long stamp, int readers, long askedAt, TimeProvider time)
    {
        (Grain, Stamp, _readers, _askedAt, _time) = (grain, stamp, readers, askedAt, time);
        TimeSpan interval = SnapshotLimits.LongestSilence / 3;
        _renewal = time.CreateTimer(
            static grain => ((ISnapshotGrain)grain!).RenewAsync().Ignore(),
            grain,
            interval,
            interval);
    }

    public ISnapshotGrain Grain { get; }

    public long Stamp { get; }

    /// <summary>Its age, or a little more.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_askedAt);

    /// <summary>A body has ended.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _readers) > 0) return;

        _renewal.Dispose();

        // A silo that does not hear it ends the snapshot when it hears nothing any more.
        Grain.EndAsync().Ignore();
    }
}

/// <summary>A snapshot that a body of this client reads through a silo.</summary>
internal sealed class ClientSnapshot(ClientCut cut, TimeSpan maxAge) : IOpenSnapshot
{
    private bool _hasEnded;

    public long Stamp => cut.Stamp;

    public bool SharesMemory => false;

    public async ValueTask<TResult> ReadAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
    {
        // The cut may be that of others too, which allow a longer time.
        if (cut.Age >= maxAge) throw new SnapshotEndedException(SnapshotEnds.Age(maxAge));

        SnapshotAnswer answer;
        try
        {
            answer = await cut.Grain.ReadAsync(new SnapshotRead
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
        if (!Interlocked.Exchange(ref _hasEnded, true)) cut.Leave();
    }
}
