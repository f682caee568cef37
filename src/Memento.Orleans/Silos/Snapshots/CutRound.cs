using Memento.Messages;
using Memento.Participants;
using Memento.Snapshots;
using Microsoft.Extensions.Logging;

namespace Memento.Silos.Snapshots;

/// <summary>
/// Takes cuts over several silos: each silo is told to prepare, then all to close, then all to
/// take their parts and to open. While all are closed, no commit is applied anywhere, for about the
/// time of a message and its answer.
/// </summary>
/// <remarks>
/// What must hold: all parts show the same moment, at which every silo was closed. A silo that
/// opens by itself before it was told to take its part refuses, and the others' parts are dropped.
/// </remarks>
internal sealed class CutRound(
    SiloCuts here,
    ICutSilos silos,
    HybridClock clock,
    TransactionIds ids,
    TimeProvider time,
    ILogger<CutRound> logger)
{
    /// <summary>
    /// How long a silo may take to answer, before the cut is given up and tried again: Orleans lets
    /// a lost message wait much longer.
    /// </summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(3);

    /// <summary>Takes a snapshot over this silo and others.</summary>
    /// <param name="maxAge">How long it lives at the most.</param>
    /// <param name="readers">How many bodies will read it.</param>
    public async Task<TakenCut> TakeAsync(TimeSpan maxAge, int readers)
    {
        long began = time.GetTimestamp();
        Exception? problem = null;
        for (TimeSpan pause = BackOff.First; ; pause = BackOff.After(pause))
        {
            SiloAddress[] dead = silos.DeadNow;
            SiloAddress[] all = [silos.Here, .. silos.OthersNow];
            try
            {
                TakenCut? taken =
                    await TryTakeAsync(all, dead, maxAge, readers).ConfigureAwait(false);
                if (taken is not null) return taken;
            }
            catch (StorageException)
            {
                throw;
            }
            catch (Exception exception) when (
                exception is NotClosedException || StoreLifetime.IsUnreachable(exception))
            {
                problem = exception;
            }

            if (time.GetElapsedTime(began) >= SnapshotLimits.LongestTry)
            {
                throw new StoreUnavailableException(
                    "A snapshot could not be taken, because not every silo took part: "
                    + $"{problem?.Message ?? "silos came or left all the time."} Take it again.",
                    problem);
            }

            await Task.Delay(pause, time).ConfigureAwait(false);
        }
    }

    /// <summary>One attempt; null: silos came or left meanwhile.</summary>
    private async Task<TakenCut?> TryTakeAsync(
        SiloAddress[] all, SiloAddress[] dead, TimeSpan maxAge, int readers)
    {
        Guid cut = ids.Next();
        SiloAddress giver = CutTurns.GiverAmong(all);
        CloseAnswer[] closed;
        try
        {
            await EachAsync(all, silo => silo.Equals(silos.Here)
                ? Done(here.PrepareAsync(cut, silo.Equals(giver)))
                : Done(silos.PrepareCutAsync(silo, cut, silo.Equals(giver)))).ConfigureAwait(false);
            closed = await EachAsync(all, silo => silo.Equals(silos.Here)
                ? here.CloseAsync(cut)
                : silos.CloseForCutAsync(silo, cut)).ConfigureAwait(false);
            ThrowIfNotClosed(all, closed);
        }
        catch
        {
            OpenAll(all, cut);
            throw;
        }

        if (!silos.OthersNow.ToHashSet().SetEquals(all.Skip(1)))
        {
            OpenAll(all, cut);
            return null;
        }

        // All are closed: this is the moment. What is committed by now is applied where it is not.
        clock.Observe(closed.Max(static each => each.Clock));
        var snapshot = new CutOrder(
            cut,
            ids.Next(),
            clock.Next(),
            [.. closed.SelectMany(static each => each.Committed).Distinct()],
            maxAge,
            silos.Here);
        CutAnswer[] taken;
        try
        {
            taken = await Task.WhenAll(all.Zip(closed, (silo, answer) =>
            {
                CutOrder order = snapshot with { Closing = answer.Closing };
                return silo.Equals(silos.Here)
                    ? here.CutAsync(order)
                    : silos.CutAsync(silo, order);
            })).ConfigureAwait(false);
        }
        catch
        {
            OpenAll(all, cut);
            EndAll(all, snapshot.Snapshot);
            throw;
        }

        if (Array.TrueForAll(taken, static each => each.IsTaken))
            return new TakenCut(here.Require(snapshot.Snapshot), all, dead, readers);

        EndAll(all, snapshot.Snapshot);
        throw (Exception?)Array.Find(taken, static each => each.Error is not null)?.Error
            ?? new NotClosedException("A silo opened again before it was told to take its part.");
    }

    /// <summary>A body has ended.</summary>
    public void Leave(TakenCut taken)
    {
        if (taken.Leave()) EndAll(taken.Silos, taken.Part.Id);
    }

    /// <summary>Ends the parts of a snapshot in other silos, and does not wait.</summary>
    private void EndAll(IEnumerable<SiloAddress> all, Guid snapshot)
    {
        here.End(snapshot, SnapshotEnds.Body);
        foreach (SiloAddress each in all)
        {
            if (!each.Equals(silos.Here))
                TellAsync(each, silos.EndSnapshotAsync, snapshot).Ignore();
        }
    }

    /// <summary>
    /// Where a transaction waits for silos that are not asked, it could be committed already. Where
    /// one that is not decided has a part in a silo that is dead, the next owner of that part could
    /// find it in the storage. And where another silo knows of a death, or of a silo, that this one
    /// has not heard of, it has gone on without the one or with the other.
    /// </summary>
    private static void ThrowIfNotClosed(SiloAddress[] all, CloseAnswer[] closed)
    {
        for (int i = 0; i < all.Length; i++)
        {
            if (closed[i].Refusal is { } refusal)
                throw new NotClosedException($"Silo {all[i]}: {refusal}");
            if (closed[i].Coordinators.Any(each => each is null || !all.Contains(each)))
            {
                throw new NotClosedException(
                    $"Silo {all[i]} has a transaction whose coordinator has ended, and which is "
                    + "not decided yet.");
            }

            if (closed[i].Undecided.Except(all).FirstOrDefault() is { } member)
            {
                throw new NotClosedException(
                    $"Silo {all[i]} has not decided a transaction yet of which silo {member}, that "
                    + "has ended, had a part.");
            }

            if (!closed[i].Serving.ToHashSet().SetEquals(all))
            {
                throw new NotClosedException(
                    $"Silo {all[i]} does not know the same silos as silo {all[0]} yet.");
            }
        }
    }

    private void OpenAll(SiloAddress[] all, Guid cut)
    {
        here.Open(cut);
        foreach (SiloAddress each in all)
        {
            if (!each.Equals(silos.Here)) TellAsync(each, silos.OpenAfterCutAsync, cut).Ignore();
        }
    }

    // A silo that does not hear it opens by itself, and drops what is too old.
    private async Task TellAsync(
        SiloAddress silo, Func<SiloAddress, Guid, Task> tell, Guid id)
    {
        try
        {
            await tell(silo, id).ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreLifetime.IsUnreachable(exception))
        {
            CutLog.NotTold(logger, exception, silo);
        }
    }

    private static async Task<bool> Done(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Asks all side by side. A question that is answered too late, or comes too late, does no
    /// harm: a turn and a closing end by themselves, and nobody takes a part for this cut any more.
    /// </summary>
    /// <exception cref="TimeoutException">A silo does not answer.</exception>
    private async Task<T[]> EachAsync<T>(SiloAddress[] all, Func<SiloAddress, Task<T>> ask)
        => await Task.WhenAll(all.Select(silo => ask(silo).WaitAsync(LongestAnswer, time)))
            .ConfigureAwait(false);

    /// <summary>A silo could not be closed; the cut is tried again.</summary>
    private sealed class NotClosedException(string message) : Exception(message);
}

/// <summary>A snapshot over several silos.</summary>
/// <param name="part">Its part in this silo.</param>
/// <param name="silos">All silos with parts, this one first.</param>
/// <param name="dead">Those that were known to be dead before it was taken.</param>
/// <param name="readers">How many bodies read it.</param>
internal sealed class TakenCut(
    SnapshotPart part, SiloAddress[] silos, SiloAddress[] dead, int readers)
{
    private int _readers = readers;

    public SnapshotPart Part { get; } = part;

    public SiloAddress[] Silos { get; } = silos;

    /// <summary>
    /// Whether silos that had a partition can have changed nothing in it since the cut: they have
    /// parts of it, which would show it, or were dead.
    /// </summary>
    public bool KnowsAll(SiloAddress[] owners)
        => Array.TrueForAll(owners, each => Silos.Contains(each) || dead.Contains(each));

    /// <summary>A body has ended; whether it was the last one.</summary>
    public bool Leave() => Interlocked.Decrement(ref _readers) == 0;
}

/// <summary>The log messages about cuts.</summary>
internal static partial class CutLog
{
    [LoggerMessage(
        EventId = 1240,
        Level = LogLevel.Debug,
        Message = "Silo {Silo} was not told that a snapshot has ended or was given up; it finds "
            + "that out by itself")]
    public static partial void NotTold(ILogger logger, Exception exception, SiloAddress silo);
}
