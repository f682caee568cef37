using System.Collections.Concurrent;
using Memento.Commit;
using Memento.Invariants;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Silos.Leases;
using Memento.Snapshots;
using Memento.Tables;
using Microsoft.Extensions.Options;

namespace Memento.Silos.Snapshots;

/// <summary>
/// The parts of snapshots in this silo: takes the cuts here, alone or with other silos, and reads
/// what they show.
/// </summary>
/// <remarks>
/// What must hold: a cut is taken while no commit is being applied here. Over several silos, all
/// are closed at once, so that there is a moment at which nothing was applied anywhere; and what is
/// committed by then is applied in every silo before its part is taken.
/// </remarks>
internal sealed partial class SiloCuts(
    ApplyLatch latch,
    Cuts cuts,
    HybridClock clock,
    PartitionDirectory partitions,
    TableRegistry tables,
    Journal journal,
    OneAppendCommit commit,
    MemberCommits members,
    SpanningCommit spanning,
    LeaseKeeper leases,
    ICutSilos silos,
    TransactionIds ids,
    IOptions<MementoOptions> options,
    TimeProvider time) : IAgingSnapshots
{
    private readonly ConcurrentDictionary<Guid, SnapshotPart> _parts = new();
    private readonly EndReasons _reasons = new();

    /// <inheritdoc/>
    public int Count => _parts.Count;

    /// <inheritdoc/>
    public long KeptBytes => cuts.Keeping.Sum(static each => each.KeptBytes);

    /// <summary>Takes a snapshot of this silo alone.</summary>
    /// <exception cref="StorageException">
    /// The storage does not say whether it has kept what the snapshot would show.
    /// </exception>
    public async ValueTask<SnapshotPart> TakeAsync(
        TimeSpan maxAge, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            (SnapshotPart Part, long Position, int Generation)? taken;
            while (!leases.Stands)
            {
                if (time.GetElapsedTime(began) >= SnapshotLimits.LongestTry) throw Stalled();
                await Task.Delay(BackOff.First, time, cancellationToken).ConfigureAwait(false);
            }

            await latch.CloseAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                // Checked behind it: what is closed cannot run out unseen.
                if (!leases.Stands) continue;
                taken = (members.IsIdle && spanning.IsIdle)
                    || (IsDecidedHere() && TryApply(spanning.FindCommitted()))
                    ? Take(ids.Next(), clock.Next(), maxAge, silos.Here)
                    : null;
            }
            finally
            {
                latch.Open();
            }

            if (taken is not var (part, position, generation))
            {
                if (time.GetElapsedTime(began) >= SnapshotLimits.LongestTry)
                {
                    throw new StoreUnavailableException(
                        "A snapshot could not be taken: a transaction is not decided yet that was "
                        + "committed together with a silo that has ended. Take it again.");
                }

                await Task.Delay(BackOff.First, time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            try
            {
                switch (await ConfirmAsync(part, position, generation).ConfigureAwait(false))
                {
                    case null:
                        return part;
                    case StorageException error:
                        throw error;
                }
            }
            catch
            {
                End(part.Id, SnapshotEnds.Body);
                throw;
            }

            // A batch has failed, and what it had applied is taken back: not a moment to show.
            End(part.Id, SnapshotEnds.Body);
            await journal.FlushAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The part of a snapshot here.</summary>
    /// <exception cref="SnapshotEndedException">It has ended.</exception>
    public SnapshotPart Require(Guid snapshot)
        => _parts.TryGetValue(snapshot, out SnapshotPart? part)
            ? part
            : throw new SnapshotEndedException(
                _reasons.Find(snapshot) ?? SnapshotEnds.Unknown(silos.Here));

    /// <summary>The partition that a snapshot shows; null: it has not been here.</summary>
    public Partition? Find(SnapshotPart part, string table, int number)
        => partitions.Find(table, number, part.Cut);

    /// <summary>Carries an operation out on a partition as a snapshot shows it.</summary>
    /// <exception cref="SnapshotEndedException">It has ended.</exception>
    /// <exception cref="MementoException">The operation writes: it is a forged one.</exception>
    public TResult Read<TResult>(
        SnapshotPart part, Partition partition, Operation<TResult> operation)
    {
        EndIfOld(part);
        part.ThrowIfEnded();
        if (operation is not ISnapshotRead<TResult> read)
            throw new MementoException(SnapshotEnds.Writes(operation.GetType().Name));

        operation.Prepare(partition.Table);
        try
        {
            return partition.Read(part.Cut, read);
        }
        finally
        {
            // It may have ended between: then what was read may be of a later moment.
            if (part.Ended is not null)
            {
                partition.DropImages();
                part.ThrowIfEnded();
            }
        }
    }

    /// <summary>Ends a snapshot here.</summary>
    public void End(Guid snapshot, string reason)
    {
        if (!_parts.TryGetValue(snapshot, out SnapshotPart? part) || !part.TryEnd(reason)) return;

        // Before it is gone: the silo that reads it, or the client, is told why. A body that has
        // ended itself asks no more.
        if (reason != SnapshotEnds.Body) _reasons.Add(snapshot, reason);
        _parts.TryRemove(snapshot, out _);
        cuts.End(part.Cut);
        partitions.DropFormer();
    }

    /// <inheritdoc/>
    public void EndOverdue()
    {
        EndPreparation();
        foreach (SnapshotPart each in _parts.Values)
        {
            EndIfOld(each);
            if (silos.IsDead(each.Reader)) End(each.Id, SnapshotEnds.Reader(each.Reader));
        }

        long limit = options.Value.MaxSnapshotBytes;
        while (KeptBytes > limit && _parts.Values.MinBy(static each => each.Cut) is { } oldest)
            End(oldest.Id, SnapshotEnds.Memory(limit));
    }

    private void EndIfOld(SnapshotPart part)
    {
        if (time.GetElapsedTime(part.TakenAt) >= part.MaxAge)
            End(part.Id, SnapshotEnds.Age(part.MaxAge));
    }

    /// <summary>
    /// Whether no transaction is undecided that a silo which has ended decides, or has a part of.
    /// It could be committed and acknowledged already, and the next owner of that part could find
    /// it in the storage. The latch is closed.
    /// </summary>
    private bool IsDecidedHere()
        => Array.TrueForAll(members.FindPending().Deciders, silos.Here.Equals)
            && spanning.FindUndecidedMembers().All(silos.Here.Equals);

    private static StorageException Stalled()
        => new(
            "The lease of this silo has run out, because it does not reach the durable storage, so "
            + "that it cannot say what a snapshot would show. Make the storage reachable.");

    /// <summary>Takes a cut. The latch is closed.</summary>
    /// <returns>
    /// The part, and the last position in the journal, with the journal's generation: what the cut
    /// shows is durable when that position is.
    /// </returns>
    private (SnapshotPart Part, long Position, int Generation) Take(
        Guid id, long stamp, TimeSpan maxAge, SiloAddress reader)
    {
        // Before the cut: a batch that is taken back from here on is not part of this generation,
        // also if that ends before the cut is confirmed.
        int generation = journal.Generation;
        var part = new SnapshotPart(id, stamp, maxAge, reader, time.GetTimestamp())
        {
            Cut = cuts.Take(),
        };
        Invariant.Holds(_parts.TryAdd(id, part), "a snapshot is taken once");
        return (part, journal.LastPosition, generation);
    }

    /// <summary>
    /// Waits until what a cut shows is durable. Null: it is. A conflict: it was taken back.
    /// </summary>
    private ValueTask<MementoException?> ConfirmAsync(
        SnapshotPart part, long position, int generation)
        => commit.ConfirmReadsAsync(part.Id, position, generation);
}
