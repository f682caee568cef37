using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Silos.Placement;
using Microsoft.Extensions.Logging;

namespace Memento.Silos.HandOver;

/// <summary>
/// Moves the partitions of this silo to where they should be: one after the other when a silo has
/// joined, and all of them when this silo stops. Opens here what was in a silo that died.
/// </summary>
internal sealed class PartitionMover(
    IOtherSilos silos,
    OwnershipPlan plan,
    PartitionTaker taker,
    PartitionGiver giver,
    PartitionDirectory partitions,
    ParkedPartitions parked,
    PartitionOwners owners,
    TransactionRegistry transactions,
    HybridClock clock,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<PartitionMover> logger) : IDisposable
{
    /// <summary>
    /// How long the membership has to be the same before partitions move. Silos often start and
    /// stop together.
    /// </summary>
    public static readonly TimeSpan Stillness = TimeSpan.FromSeconds(1);

    private const int MostAtOnce = 8;
    private const int MostToldAtOnce = 50_000;

    private readonly CancellationTokenSource _stopping = new();

    private Task _ended = Task.CompletedTask;

    public void Start()
    {
        CancellationToken stopping = _stopping.Token;
        _ended = Task.Run(() => WatchAsync(stopping), CancellationToken.None);
    }

    /// <summary>Ends the moves, and waits for the one that runs.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _ended.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>
    /// Hands all partitions over to the silos that go on. Called when no silo places any partition
    /// here any more.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends it: what is still here is lost, if it is in ram.
    /// </param>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || !HasOthers()) return;

        giver.BeginLeaving();
        (string Table, int Number)[] names = [];
        try
        {
            await giver.TakingEnded.WaitAsync(cancellationToken).ConfigureAwait(false);
            Partition[] open = [.. partitions.All];
            names =
            [
                .. open.Select(static each => (each.Table.Name, each.Number)).Union(parked.Names),
            ];
            await Task.WhenAll(open.Select(each => giver.CloseAsync(
                each, PartitionGiver.Moved(each.Table.Name, each.Number))))
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            await TellCommittedAsync(cancellationToken).ConfigureAwait(false);
            await Parallel.ForEachAsync(
                names,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = MostAtOnce,
                    CancellationToken = cancellationToken,
                },
                async (name, ending) => await OpenElsewhereAsync(name.Table, name.Number, ending)
                    .ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host gives no more time. What is left is told below.
        }

        int left = parked.Names.Count;
        if (left > 0)
            HandOverLog.NotHandedOver(logger, left);
        else
            HandOverLog.HandedOver(logger, names.Length);
    }

    /// <summary>
    /// Tells the others what was committed here for other processes, which may have heard no answer
    /// and ask when this silo is gone. The partitions are closed, so nothing follows.
    /// </summary>
    private async Task TellCommittedAsync(CancellationToken cancellationToken)
    {
        foreach (TransactionState each in transactions.GetRunning())
        {
            if (each.Phase == TransactionPhase.Sealed)
            {
                await transactions.WhenEndedAsync(each.Id).WaitAsync(cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        Guid[][] parts = [.. transactions.GetCommitted().Chunk(MostToldAtOnce)];
        await Task.WhenAll(silos.Others.Select(async silo =>
        {
            try
            {
                foreach (Guid[] part in parts)
                {
                    await silos.RememberAsync(
                        silo,
                        new RememberRequest(silos.Here, part, IsLast: false, clock.Now))
                        .WaitAsync(cancellationToken).ConfigureAwait(false);
                }

                // What has ended in doubt may have been committed: that was not all then.
                await silos.RememberAsync(
                    silo,
                    new RememberRequest(
                        silos.Here, [], IsLast: !transactions.HasDoubts, clock.Now))
                    .WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Who asks that silo is told that it is in doubt.
                HandOverLog.NotRemembered(logger, exception, silo);
            }
        })).ConfigureAwait(false);
    }

    private bool HasOthers()
        => silos.Serving.Any(each => !each.Equals(silos.Here));

    private async Task WatchAsync(CancellationToken stopping)
    {
        using var changed = new SemaphoreSlim(0);
        Task watching = SignalAsync(changed, stopping);
        bool isDone = true;
        try
        {
            await taker.LearnOwnersAsync(stopping).WaitAsync(stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopping.ThrowIfCancellationRequested();
            while (true)
            {
                await WaitAsync(changed, isDone, stopping).ConfigureAwait(false);
                isDone = await MoveAllAsync(changed, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SignalAsync(SemaphoreSlim changed, CancellationToken stopping)
    {
        await foreach (ClusterMembershipSnapshot _ in silos.ChangesAsync()
            .WithCancellation(stopping).ConfigureAwait(false))
        {
            changed.Release();
        }
    }

    /// <summary>
    /// Waits for a change, if all is done before it, and until there is none for a time.
    /// </summary>
    private static async Task WaitAsync(
        SemaphoreSlim changed, bool isDone, CancellationToken stopping)
    {
        if (isDone) await changed.WaitAsync(stopping).ConfigureAwait(false);
        while (await changed.WaitAsync(Stillness, stopping).ConfigureAwait(false))
        {
        }
    }

    /// <summary>
    /// Moves what should be elsewhere, and opens what a dead silo had, until the membership changes
    /// again. False if something could not be moved.
    /// </summary>
    private async Task<bool> MoveAllAsync(SemaphoreSlim changed, CancellationToken stopping)
    {
        bool isDone = silos.AreAllKnown;
        SiloAddress[] serving = silos.Serving;
        if (!serving.Contains(silos.Here)) return false;

        foreach ((string table, int number) in owners.Of(silos.IsDead))
        {
            if (changed.CurrentCount > 0) return false;
            if (silos.Here.Equals(plan.OwnerOf(table, number, serving)))
                isDone &= await TryOpenAsync(table, number, stopping).ConfigureAwait(false);
        }

        foreach (Partition each in partitions.All.ToArray())
        {
            string table = each.Table.Name;
            if (changed.CurrentCount > 0) return false;
            if (plan.OwnerOf(table, each.Number, serving) is not { } owner
                || owner.Equals(silos.Here))
            {
                continue;
            }

            HandOverLog.Moves(logger, each.Number, table, owner);
            isDone &= await TryOpenAsync(table, each.Number, stopping, isMoved: true)
                .ConfigureAwait(false);
        }

        return isDone;
    }

    /// <summary>Opens a partition in another silo, as long as there is one.</summary>
    private async Task OpenElsewhereAsync(
        string table, int number, CancellationToken cancellationToken)
    {
        while (HasOthers() && !await TryOpenAsync(table, number, cancellationToken)
            .ConfigureAwait(false))
        {
            await silos.RefreshAsync(cancellationToken).ConfigureAwait(false);
            await Task.Delay(IndexGrains.MovingPause, time, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task<bool> TryOpenAsync(
        string table, int number, CancellationToken cancellationToken, bool isMoved = false)
    {
        IIndexGrain grain =
            grains.GetGrain<IIndexGrain>(IndexGrainKey.Of(table, number));
        try
        {
            if (isMoved) await grain.MoveAsync(silos.Here).ConfigureAwait(false);
            OpenResponse opened = await grain.OpenAsync(time, cancellationToken)
                .ConfigureAwait(false);
            if (opened.Error is TransactionConflictException moved) throw moved;
            return !isMoved || !silos.Here.Equals(opened.Silo);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            HandOverLog.NotOpened(logger, exception, IndexGrainKey.Of(table, number));
            return false;
        }
    }
}
